import path from 'node:path';
import type {Log} from './python/log.js';
import {PythonError, typeName} from './python/python-error.js';
import {
	type Control,
	type ControlKey,
	checkPath,
	checkWeight,
	parseObject,
	readText,
} from './spec.js';
import type {TransferArguments} from './transfer-arguments.js';

/** One video to make. */
export type Item = {
	prompt: string;
	/** Empty when there is none. */
	video: string;
	controls: ReadonlyMap<ControlKey, Control>;
	/** Relative to the checkout. */
	folder: string;
	/** File names in the folder. */
	output: string;
	text: string;
};

/** What there is to make: the one video of the arguments, or one for each line of the batch. */
export async function itemsOf(
	args: TransferArguments,
	controls: ReadonlyMap<ControlKey, Control>,
	checkout: string,
	log: Log,
): Promise<Item[]> {
	if (args.batch_input_path === undefined) {
		return [
			{
				prompt: args.prompt,
				video: args.input_video_path,
				controls,
				folder: args.video_save_folder,
				output: `${args.video_save_name}.mp4`,
				text: `${args.video_save_name}.txt`,
			},
		];
	}

	const place = 'diffusion/inference/transfer.py:301:demo';
	await log('INFO', place, `Reading batch inputs from path: ${args.batch_input_path}`);
	const text = await readText(path.resolve(checkout, args.batch_input_path), args.batch_input_path);
	// The line end of the last line begins no further one; an empty line is no JSON.
	const lines = text.replace(/\n$/, '').split('\n');
	const items: Item[] = [];
	for (const [index, line] of lines.entries()) {
		const entry = Object.fromEntries(parseObject(line.trim()));
		items.push({
			prompt: requireValue('prompt', entry.prompt),
			video: requireValue('visual_input', entry.visual_input),
			controls: await withOverrides(controls, entry.control_overrides, log),
			folder: path.posix.join(args.video_save_folder, `video_${index}`),
			output: 'output.mp4',
			text: 'prompt.txt',
		});
	}

	return items;
}

/** Without it the original fails somewhere on its way. */
function requireValue(key: string, value: unknown): string {
	if (typeof value !== 'string') {
		throw new PythonError('TypeError', `${key}: expected str, not ${typeName(value)}`, []);
	}

	return value;
}

/**
 * The items that are made together, `--batch_size` at a time; with the upscaler one by one.
 */
export async function chunksOf(
	items: readonly Item[],
	{batch_size}: TransferArguments,
	log: Log,
): Promise<Item[][]> {
	const upscales = items.some(({controls}) => controls.has('upscale'));
	if (upscales && batch_size > 1) {
		const place = 'diffusion/inference/transfer.py:310:demo';
		const message = 'Setting batch_size=1 as upscale does not support batch generation';
		await log('INFO', place, message);
	}

	const size = upscales ? 1 : Math.max(1, batch_size);
	const chunks: Item[][] = [];
	for (let start = 0; start < items.length; start += size) {
		chunks.push(items.slice(start, start + size));
	}

	return chunks;
}

/** A line's own controls over the base's: only controls that the base has can be changed. */
async function withOverrides(
	base: ReadonlyMap<ControlKey, Control>,
	overrides: unknown,
	log: Log,
): Promise<Map<ControlKey, Control>> {
	const controls = new Map(base);
	for (const [key, override] of Object.entries(overrides ?? {})) {
		const control = controls.get(key as ControlKey);
		if (!control) {
			const place = 'diffusion/inference/transfer.py:332:demo';
			await log('WARNING', place, `Ignoring unknown control key in override: ${key}`);
			continue;
		}

		const changes = (override ?? {}) as Record<string, unknown>;
		controls.set(key as ControlKey, {
			...control,
			...('control_weight' in changes
				? {control_weight: checkWeight(key, changes.control_weight)}
				: {}),
			...('input_control' in changes ? {input_control: checkPath(key, changes.input_control)} : {}),
		});
	}

	return controls;
}
