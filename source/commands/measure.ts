import {existsSync} from 'node:fs';
import {describeFlags, formatMeasure} from '../domain/runs/measures.js';
import type {Measured, MeasureProgress} from '../workflow/measure/measure-types.js';
import {jsonText} from './print/json.js';
import {type CommandContext, jsonFlag, textFlag, type Verb} from './verb.js';

export const measure: Verb = {
	name: 'measure',
	summary: 'measure the results of runs',
	usage: 'RUN… [flags]',
	details: `
Looks at every frame of each result (black, blank, frozen, flicker), compares it with the run's input
(PSNR, SSIM, and VMAF where ffmpeg has libvmaf) and with the controls that the run used (edges, blur,
depth, segmentation). The numbers are saved with the run. A reference takes the size and the
rate of the result, and the shorter of both is the end. Needs ffmpeg. docs/choosing.md explains
the numbers.`,
	args: [1, Number.POSITIVE_INFINITY],
	completes: ['run'],
	flags: [
		textFlag('against', 'WHAT', 'input (default), another run, or a video or image file', {
			completes: 'run',
		}),
		jsonFlag,
	],
	examples: [
		['cosmos measure latest', 'the newest run, against its input'],
		['cosmos measure run_7k2f --against run_7k2a', 'one result against another'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const against = againstOf(words.text('against'));
		const all: Measured[] = [];
		for (const reference of words.args) {
			const {run} = await workflow.findRun(reference);
			const measured = await workflow.measure(run.id, {
				signal: context.signal,
				onProgress: progress => context.live(`${run.id}  ${progressText(progress)}`),
				...(against !== undefined && {against}),
			});
			context.live('');
			all.push(measured);
			for (const note of measured.notes) {
				context.note(`${run.id}: ${note}\n`);
			}

			if (!words.on('json')) {
				print(context, measured);
			}
		}

		if (words.on('json')) {
			context.out(
				jsonText(
					'run',
					all.map(({run}) => run),
				),
			);
		}
	},
};

/** A file that is there is the file; anything else names a run. */
function againstOf(word: string | undefined) {
	if (word === undefined || word === 'input') {
		return word;
	}

	return existsSync(word) ? {file: word} : {run: word};
}

function progressText({step, done, total}: MeasureProgress): string {
	return total === undefined ? `${step} ${done}` : `${step} ${done} of ${total}`;
}

function print({out}: CommandContext, {run}: Measured): void {
	const {values = {}, against} = run.measures ?? {};
	out(`${run.id}  ${run.promptName}${against === undefined ? '' : `  against ${against}`}\n`);
	for (const text of run.measures ? describeFlags(run.measures) : []) {
		out(`  warning: ${text}\n`);
	}

	for (const [key, value] of Object.entries(values)) {
		out(`  ${key.padEnd(10)} ${formatMeasure(key, value)}\n`);
	}
}
