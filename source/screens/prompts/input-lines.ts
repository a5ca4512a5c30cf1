import {framesOf, isMedia} from '../../domain/inputs/media.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {formatBytes} from '../../domain/text-format.js';
import type {AnyInput} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import {pad} from '../../state/content/text-layout.js';

/** Columns for the roles of some inputs. */
export const roleWidth = (inputs: ReadonlyArray<{role: string}>): number =>
	Math.max(6, ...inputs.map(({role}) => role.length));

/** An input of a prompt in one row, with its role. */
export const inputLine = (input: AnyInput, width = roleWidth([input])): Line => [
	`  ${cleanText(input.role).padEnd(width)} `,
	...inputFacts(input),
];

/** What a video or an image is, in columns. */
export function inputFacts(input: AnyInput): Line {
	if (!isMedia(input)) {
		return [
			pad(input.kind === 'json' ? 'JSON' : input.kind, 35),
			span('dim', formatBytes(input.size)),
		];
	}

	const size = `${input.width}×${input.height}`;
	const isImage = input.kind === 'image';
	return [
		pad(size, 11),
		pad(isImage ? 'image' : `${String(framesOf(input)).padStart(5)} frames`, 14),
		pad(isImage ? '' : `${input.fps} fps`, 10),
		span('dim', formatBytes(input.size)),
	];
}
