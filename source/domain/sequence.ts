import {CosmosError} from './errors.js';
import type {WeightName} from './settings.js';

/** Masks are never sequences. */
type Role = 'color' | WeightName;

/** A numbered PNG sequence of one role: what a renderer writes. */
export type Sequence = {
	role: Role;
	/** `color`, `segmentation` …: the beginning of the files' names, and of the video's. */
	stem: string;
	/** File names in the order of their numbers. */
	files: string[];
	/** For ffmpeg, e.g. `color.%04d.png`. */
	pattern: string;
	/** The first number. */
	start: number;
};

const roleOf: Readonly<Record<string, Role>> = {
	color: 'color',
	depth: 'depth',
	segmentation: 'seg',
	seg: 'seg',
	edge: 'edge',
	vis: 'vis',
};

/** The video of each role, as a prompt's folder has it. */
export const videoNames: Readonly<Record<Role, string>> = {
	color: 'color.mp4',
	vis: 'vis.mp4',
	edge: 'edge.mp4',
	depth: 'depth.mp4',
	seg: 'segmentation.mp4',
};

const frameName = /^(color|depth|segmentation|seg|edge|vis)([._-])(\d+)\.png$/i;

type Frame = {file: string; stem: string; separator: string; digits: string; number: number};

/**
 * The sequences among the names of a folder; color comes first.
 * @param folder for messages
 * @throws CosmosError (usage) that names the gap, the double or the sequence that does not fit
 */
export function findSequences(folder: string, names: readonly string[]): Sequence[] {
	const frames = new Map<Role, Frame[]>();
	for (const file of names) {
		const [, stem = '', separator = '', digits = ''] = frameName.exec(file) ?? [];
		const role = roleOf[stem.toLowerCase()];
		if (role) {
			const frame = {file, stem, separator, digits, number: Number(digits)};
			frames.set(role, [...(frames.get(role) ?? []), frame]);
		}
	}

	const sequences = (Object.keys(videoNames) as Role[]).flatMap(role => {
		const of = frames.get(role);
		return of ? [sequenceOf(role, of)] : [];
	});
	const [color] = sequences;
	if (color?.role !== 'color') {
		throw new CosmosError('bad-input', `${folder} has no color sequence`, {
			hint: 'It needs files named color.0001.png, color.0002.png, …',
		});
	}

	const other = sequences.find(({files}) => files.length !== color.files.length);
	if (other) {
		throw new CosmosError(
			'bad-input',
			`${other.stem} has ${other.files.length} frames, color ${color.files.length}`,
			{hint: 'All sequences must have the same number of frames.'},
		);
	}

	return sequences;
}

function sequenceOf(role: Role, frames: readonly Frame[]): Sequence {
	const sorted = frames.toSorted((a, b) => a.number - b.number || (a.file < b.file ? -1 : 1));
	const [first] = sorted as [Frame];
	const width = first.digits.length;
	for (const [index, frame] of sorted.entries()) {
		const wanted = first.number + index;
		if (frame.number < wanted) {
			throw new CosmosError('bad-input', `frame ${frame.number} of ${first.stem} exists twice`, {
				hint: `It is ${sorted[index - 1]?.file} and ${frame.file}; remove one.`,
			});
		}

		if (frame.number > wanted) {
			throw new CosmosError('bad-input', gapText(first.stem, wanted, frame.number - 1), {
				hint: 'Render the missing frames, or number them without gaps.',
			});
		}

		const name = `${first.stem}${first.separator}${String(wanted).padStart(width, '0')}.png`;
		if (frame.file !== name) {
			throw new CosmosError('bad-input', `${frame.file} is not named like ${first.file}`, {
				hint: `Expected ${name}.`,
			});
		}
	}

	return {
		role,
		stem: first.stem,
		files: sorted.map(({file}) => file),
		pattern: `${first.stem}${first.separator}%0${width}d.png`,
		start: first.number,
	};
}

function gapText(stem: string, from: number, to: number): string {
	return from === to
		? `frame ${from} of ${stem} is missing`
		: `frames ${from} to ${to} of ${stem} are missing`;
}
