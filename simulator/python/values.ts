import {repr} from './python-error.js';

/**
 * A value of a Python program: a `bigint` is an `int`, a `number` is a `float`. Programs that check
 * types tell 24 from 24.0, and print each as what it is.
 */
export type PythonValue = null | boolean | bigint | number | string | PythonValue[] | Dict;
export type Dict = {[key: string]: PythonValue};

export function isDict(value: PythonValue | undefined): value is Dict {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `type(value).__name__` */
export function typeOf(value: PythonValue): string {
	if (value === null) {
		return 'NoneType';
	}

	if (typeof value === 'object') {
		return Array.isArray(value) ? 'list' : 'dict';
	}

	const names = {boolean: 'bool', bigint: 'int', number: 'float', string: 'str'} as const;
	return names[typeof value as keyof typeof names];
}

/** `repr(value)` */
export function show(value: PythonValue): string {
	switch (typeof value) {
		case 'string':
			return repr(value);
		case 'boolean':
			return value ? 'True' : 'False';
		case 'bigint':
			return String(value);
		case 'number':
			return Number.isFinite(value)
				? showFloat(value)
				: Number.isNaN(value)
					? 'nan'
					: value > 0
						? 'inf'
						: '-inf';
		default:
	}

	if (value === null) {
		return 'None';
	}

	return Array.isArray(value)
		? `[${value.map(show).join(', ')}]`
		: `{${Object.entries(value)
				.map(([key, inner]) => `${repr(key)}: ${show(inner)}`)
				.join(', ')}}`;
}

/** A finite float as Python writes it: 1.0, 1e-07, 1e+30. */
function showFloat(value: number): string {
	const size = Math.abs(value);
	if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
		return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
	}

	return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

/** Written as JSON: `dense` as pydantic does it, else as `json.dumps`, with blanks and ASCII only. */
export function toJson(value: PythonValue, style: 'dense' | 'dumps' = 'dense'): string {
	const [comma, colon] = style === 'dense' ? [',', ':'] : [', ', ': '];
	const text = (string: string) => {
		const quoted = JSON.stringify(string);
		return style === 'dense'
			? quoted
			: quoted.replaceAll(
					/[\u007f-\uffff]/g,
					unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
				);
	};
	const write = (inner: PythonValue): string => {
		switch (typeof inner) {
			case 'string':
				return text(inner);
			case 'number':
				// Neither JSON nor pydantic has a number that is none.
				return Number.isFinite(inner)
					? style === 'dense'
						? showFloat(inner).replace(/e([+-])0/, 'e$1')
						: showFloat(inner)
					: 'null';
			case 'object':
				if (inner === null) {
					return 'null';
				}

				return Array.isArray(inner)
					? `[${inner.map(write).join(comma)}]`
					: `{${Object.entries(inner)
							.map(([key, one]) => `${text(key)}${colon}${write(one)}`)
							.join(comma)}}`;
			default:
				return String(inner);
		}
	};

	return write(value);
}
