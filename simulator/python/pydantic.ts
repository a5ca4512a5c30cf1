import {pythonNumber} from './argparse.js';
import {PythonError} from './python-error.js';
import {type Dict, isDict, type PythonValue, show, typeOf} from './values.js';

/** What is wrong with a value, as pydantic says it. */
export type Problem = {
	location: readonly (string | number)[];
	message: string;
	type: string;
	input: PythonValue;
};

/** What the checks of files need to know of the machine. */
export type Files = {
	/** Absolute, and whether there is a file. Relative paths start from the folder of the sample file. */
	resolve: (path: string) => {absolute: string; isFile: boolean};
};

/** The kind of a field: gives the value that the program works with, or the problems. */
export type Kind = {
	(value: PythonValue, files: Files): PythonValue | readonly Problem[];
	/** What a flag of the field takes on a command line; a text unless it is said. */
	readonly takes?: 'int' | 'float' | 'bool' | Choices | ManyOf;
};
type Choices = {readonly choices: readonly string[]; readonly values: readonly string[]};
type ManyOf = {readonly each: 'int' | 'float' | 'str'; readonly count?: number};
type Check = (value: PythonValue, files: Files) => PythonValue | readonly Problem[];

function kind(takes: Kind['takes'], check: Check): Kind {
	return Object.assign(check, {takes});
}

/** A number of a range, or 0 in place of one that is chosen: a union, of which each part complains. */
export function orZero(name: string, range: Range): Kind {
	const number = integer(range);
	return kind('int', (value, files) => {
		const result = number(value, files);
		return value === 0n || !isFailure(result)
			? value
			: failWith([
					...result.map(problem => ({...problem, location: [name]})),
					{
						location: ['literal[0]'],
						message: 'Input should be 0',
						type: 'literal_error',
						input: value,
					},
				]);
	});
}

/** Marks a list of problems, which a list of values must not be taken for. */
const failed = new WeakSet<object>();

function fail(type: string, message: string, input: PythonValue): readonly Problem[] {
	return failWith([{location: [], message, type, input}]);
}

function failWith(problems: readonly Problem[]): readonly Problem[] {
	failed.add(problems);
	return problems;
}

export function isFailure(result: ReturnType<Kind>): result is readonly Problem[] {
	return typeof result === 'object' && result !== null && failed.has(result);
}

type Range = {ge?: number; gt?: number; le?: number};

/** A range's checks in pydantic's order: the upper end first. */
function outside(number: number, {ge, gt, le}: Range, input: PythonValue) {
	return le !== undefined && !(number <= le)
		? fail('less_than_equal', `Input should be less than or equal to ${le}`, input)
		: ge !== undefined && !(number >= ge)
			? fail('greater_than_equal', `Input should be greater than or equal to ${ge}`, input)
			: gt !== undefined && !(number > gt)
				? fail('greater_than', `Input should be greater than ${gt}`, input)
				: undefined;
}

export function integer(range: Range = {}): Kind {
	return kind('int', value => {
		const read = readInteger(value);
		return typeof read === 'bigint' ? (outside(Number(read), range, value) ?? read) : read;
	});
}

function readInteger(value: PythonValue): bigint | readonly Problem[] {
	switch (typeof value) {
		case 'bigint':
			return value;
		case 'boolean':
			return value ? 1n : 0n;
		case 'number':
			if (!Number.isFinite(value)) {
				return fail('finite_number', 'Input should be a finite number', value);
			}

			if (!Number.isInteger(value)) {
				const why = 'Input should be a valid integer, got a number with a fractional part';
				return fail('int_from_float', why, value);
			}

			return Math.abs(value) < 2 ** 63
				? BigInt(value)
				: fail(
						'int_parsing_size',
						'Unable to parse input string as an integer, exceeded maximum size',
						value,
					);
		case 'string': {
			// "24" and "24.0" are integers, "24.5" is none.
			const digits = /^\s*([+-]?\d+(?:_\d+)*)(?:\.0*)?\s*$/.exec(value)?.[1];
			return digits === undefined
				? fail(
						'int_parsing',
						'Input should be a valid integer, unable to parse string as an integer',
						value,
					)
				: BigInt(digits.replaceAll('_', '').replace(/^\+/, ''));
		}

		default:
			return fail('int_type', 'Input should be a valid integer', value);
	}
}

export function float(range: Range = {}): Kind {
	return kind('float', value => {
		if (typeof value === 'object') {
			return fail('float_type', 'Input should be a valid number', value);
		}

		const read = typeof value === 'string' ? pythonNumber(value, 'float') : Number(value);
		return read === undefined
			? fail(
					'float_parsing',
					'Input should be a valid number, unable to parse string as a number',
					value,
				)
			: (outside(read, range, value) ?? read);
	});
}

export const text: Kind = value =>
	typeof value === 'string' ? value : fail('string_type', 'Input should be a valid string', value);

const trueWords = ['1', 't', 'true', 'y', 'yes', 'on'];
const falseWords = ['0', 'f', 'false', 'n', 'no', 'off'];

export const bool: Kind = kind('bool', value => {
	if (typeof value === 'boolean') {
		return value;
	}

	// A whole number that fits into 64 bits is looked at, any other is of the wrong type.
	const number = typeof value === 'bigint' ? Number(value) : value;
	const whole =
		typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 63;
	const word = typeof value === 'string' ? value.toLowerCase() : whole ? String(value) : undefined;
	return word === undefined
		? fail('bool_type', 'Input should be a valid boolean', value)
		: trueWords.includes(word)
			? true
			: falseWords.includes(word)
				? false
				: fail('bool_parsing', 'Input should be a valid boolean, unable to interpret input', value);
});

/** A value of a few; `literal_error` and `enum` differ in the type of the problem only. */
function oneOf(type: 'literal_error' | 'enum', choices: readonly string[]): Kind {
	const quoted = choices.map(choice => `'${choice}'`);
	const listed = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
	// On a command line an enumeration goes by the names of its members.
	const names = type === 'enum' ? choices.map(choice => choice.toUpperCase()) : choices;
	return kind({choices: names, values: choices}, value =>
		choices.includes(value as string) ? value : fail(type, `Input should be ${listed}`, value),
	);
}

export const literal = (...choices: readonly string[]): Kind => oneOf('literal_error', choices);
export const enumeration = (...choices: readonly string[]): Kind => oneOf('enum', choices);

/** The parts of a list, each with its index in the location. */
function all(parts: readonly PythonValue[], each: Kind, files: Files): PythonValue {
	const results = parts.map(part => each(part, files));
	const problems = results.flatMap((result, index) =>
		isFailure(result)
			? result.map(problem => ({...problem, location: [index, ...problem.location]}))
			: [],
	);
	return (problems.length > 0 ? failWith(problems) : results) as PythonValue;
}

export function list(each: Kind): Kind {
	return kind({each: simple(each)}, (value, files) =>
		Array.isArray(value)
			? all(value, each, files)
			: fail('list_type', 'Input should be a valid list', value),
	);
}

function simple({takes}: Kind): ManyOf['each'] {
	return takes === 'int' || takes === 'float' ? takes : 'str';
}

/** A tuple of two. */
export function pair(each: Kind): Kind {
	return kind({each: simple(each), count: 2}, (value, files) => {
		if (!Array.isArray(value)) {
			return fail('tuple_type', 'Input should be a valid tuple', value);
		}

		if (value.length > 2) {
			const why = `Tuple should have at most 2 items after validation, not ${value.length}`;
			return fail('too_long', why, value);
		}

		const result = all(value, each, files);
		const missing = [0, 1].slice(value.length).map(index => ({
			location: [index],
			message: 'Field required',
			type: 'missing',
			input: value,
		}));
		return missing.length > 0
			? failWith([...(isFailure(result) ? result : []), ...missing])
			: result;
	});
}

export const dict: Kind = value =>
	isDict(value) ? value : fail('dict_type', 'Input should be a valid dictionary', value);

const path =
	(mustExist: boolean): Kind =>
	(value, files) => {
		if (typeof value !== 'string') {
			return fail('path_type', "Input is not a valid path for <class 'pathlib.Path'>", value);
		}

		const {absolute, isFile} = files.resolve(value);
		return isFile || !mustExist
			? absolute
			: fail('path_not_file', 'Path does not point to a file', value);
	};

export const anyPath = path(false);
export const filePath = path(true);

export const filePathOrUrl: Kind = (value, files) => {
	if (typeof value !== 'string') {
		return fail('string_type', 'Input should be a valid string', value);
	}

	if (/^(?:https?|s3):\/\//.test(value)) {
		return value;
	}

	const {absolute, isFile} = files.resolve(value);
	return isFile
		? absolute
		: fail('value_error', `Value error, Path does not point to a file: ${value}`, value);
};

/**
 * A model: a dictionary of known fields, each of which may be left out or `null`.
 * @param check what is wrong with all of it, when each field is right
 */
export function model(
	name: string,
	fields: Readonly<Record<string, Kind>>,
	check?: (values: Dict) => string | undefined,
): Kind {
	return (value, files) => {
		if (!isDict(value)) {
			const why = `Input should be a valid dictionary or instance of ${name}`;
			return fail('model_type', why, value);
		}

		const values: Dict = {};
		const problems: Problem[] = [];
		for (const [key, field] of Object.entries(fields)) {
			const input = value[key] ?? null;
			const result = input === null ? null : field(input, files);
			if (isFailure(result)) {
				problems.push(
					...result.map(problem => ({...problem, location: [key, ...problem.location]})),
				);
			} else {
				values[key] = result as PythonValue;
			}
		}

		for (const [key, input] of Object.entries(value)) {
			if (!Object.hasOwn(fields, key)) {
				const message = 'Extra inputs are not permitted';
				problems.push({location: [key], message, type: 'extra_forbidden', input});
			}
		}

		const why = problems.length === 0 ? check?.(values) : undefined;
		return problems.length > 0
			? failWith(problems)
			: why === undefined
				? values
				: fail('value_error', `Value error, ${why}`, value);
	};
}

/** The text of a `ValidationError`. */
export function problemText(name: string, problems: readonly Problem[]): string {
	const count = `${problems.length} validation error${problems.length > 1 ? 's' : ''} for ${name}`;
	const parts = problems.map(({location, message, type, input}) => {
		const place = location.length > 0 ? `${location.join('.')}\n` : '';
		const facts = `type=${type}, input_value=${shorten(show(input))}, input_type=${typeOf(input)}`;
		return `${place}  ${message} [${facts}]\n    For further information visit https://errors.pydantic.dev/2.12/v/${type}`;
	});
	return [count, ...parts].join('\n');
}

export function validationError(name: string, problems: readonly Problem[]): PythonError {
	return new PythonError(
		'pydantic_core._pydantic_core.ValidationError',
		problemText(name, problems),
	);
}

/** At most 25 bytes of the beginning and 24 of the end. */
function shorten(text: string): string {
	const bytes = Buffer.from(text, 'utf8');
	if (bytes.length <= 50) {
		return text;
	}

	const startsCharacter = (at: number) => ((bytes[at] ?? 0) & 0xc0) !== 0x80;
	let head = 25;
	while (!startsCharacter(head)) {
		head--;
	}

	let tail = bytes.length - 24;
	while (!startsCharacter(tail)) {
		tail++;
	}

	return `${bytes.subarray(0, head)}...${bytes.subarray(tail)}`;
}
