import {mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {cosmos3} from '../../../simulator/cosmos3/inference.js';
import {encodeJpeg} from '../../../simulator/cosmos3/jpeg.js';
import {readSimulation} from '../../../simulator/failures.js';
import {createCanvas} from '../../../simulator/picture/canvas.js';
import {ExitError, endsOf, PythonError, traceback} from '../../../simulator/python/python-error.js';
import {readTorchrun} from '../../../simulator/torchrun.js';
import type {ModelJob} from '../../../source/domain/models/model-job.js';
import {tinyVideo} from '../bench.js';

export type Played = {
	status: number;
	/** Both streams, in the order in which they were written. */
	output: string;
};

export type PlayOptions = {
	/** Processes that torchrun starts; without it Python runs the program. */
	gpus?: number;
	/** What `COSMOS_SIMULATE` asks for. */
	simulate?: string;
	/** Is given what is printed, as it is printed. */
	onOutput?: (text: string) => void;
};

/** A checkout with inputs, in which the program is run within this process. */
export type Stage = {
	folder: string;
	/** Writes sample files and whatever else. */
	write: (files: Readonly<Record<string, string>>) => void;
	/** `FOLDER` in a text stands for the folder. */
	fill: (text: string) => string;
	play: (words: readonly string[], options?: PlayOptions) => Promise<Played>;
	/** Runs a job of the product in its folder, which the job's paths start from. */
	playJob: (job: ModelJob, runFolder: string, options?: PlayOptions) => Promise<Played>;
	/** Every file below a folder, sorted. */
	filesBelow: (folder: string) => string[];
	/** A folder of the stage that nothing has been written to. */
	fresh: () => string;
	remove: () => void;
};

/** The smallest PNG header that says 64×48. */
const png = Buffer.concat([
	Buffer.from('\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR', 'latin1'),
	Buffer.from([0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0]),
]);

const defaults = {
	...{num_steps: 7, guidance: 2, shift: 10, sigma_max: 80, normalize_cfg: false, fps: 12},
	...{num_frames: 49, video_save_quality: 10, image_save_quality: 95, unknown: 'dropped'},
	...{negative_metadata_mode: 'none', negative_prompt_keep_metadata: false},
	...{inverse_duration_template: '', inverse_resolution_template: ''},
};

export async function createStage(): Promise<Stage> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-stage-'));
	const write: Stage['write'] = files => {
		for (const [name, text] of Object.entries(files)) {
			const file = path.join(folder, name);
			mkdirSync(path.dirname(file), {recursive: true});
			writeFileSync(file, text);
		}
	};
	write({
		'in/words.txt': ' words of a file\n',
		'in/prompt.json': '{"a": 1,\n "b": "é"}',
		'in/defaults.json': JSON.stringify(defaults),
		'in/action.json': '[[0, 0]]',
		'in/sound.wav': 'RIFF',
		'in/clip.avi': 'RIFF',
		'in/broken.mp4': 'this is no video',
		'in/broken.png': 'this is no picture',
	});
	writeFileSync(path.join(folder, 'in/photo.png'), png);
	writeFileSync(path.join(folder, 'in/photo.jpg'), encodeJpeg(createCanvas(8, 6), 'input'));
	writeFileSync(path.join(folder, 'in/clip.mp4'), await tinyVideo(64, 48, 4));
	writeFileSync(path.join(folder, 'in/long.mp4'), await tinyVideo(64, 48, 12));
	let runs = 0;

	const stage: Stage = {
		folder,
		write,
		fill: text => text.replaceAll('FOLDER', folder),
		fresh() {
			runs++;
			const place = `runs/${runs}`;
			mkdirSync(path.join(folder, place), {recursive: true});
			return place;
		},
		async play(words, {gpus, simulate = '', onOutput} = {}) {
			let output = '';
			const add = async (text: string | Uint8Array) => {
				const shown = typeof text === 'string' ? text : Buffer.from(text).toString();
				output += shown;
				onOutput?.(shown);
			};
			const env = {COSMOS_SIMULATE: simulate, COSMOS_SIMULATE_STEP: '0'};
			try {
				await cosmos3(words, {
					console: {stdout: add, stderr: add},
					simulation: readSimulation(env),
					checkout: folder,
					script: 'cosmos_framework.scripts.inference',
					processes: gpus ?? 1,
					launched: gpus !== undefined,
				});
				return {status: 0, output};
			} catch (error) {
				if (error instanceof ExitError) {
					const root = error.root ? `exitcode  : ${error.root.exitcode}\n` : '';
					return {status: error.status, output: output + error.stderr + root};
				}

				if (error instanceof PythonError) {
					// With it what torchrun keeps of each process.
					const ends = (gpus ?? 1) > 1 ? [...endsOf(error, gpus ?? 1)] : [];
					const kept = ends.map(([rank, text]) => `process ${rank}: ${text}\n`);
					return {status: 1, output: output + traceback(error, folder) + kept.join('')};
				}

				throw error;
			}
		},
		async playJob({files, command}, runFolder, options) {
			write(Object.fromEntries(files.map(({name, text}) => [`${runFolder}/${name}`, text])));
			const [launcher = '', ...words] = command;
			if (launcher === 'torchrun') {
				const launch = readTorchrun(words);
				return stage.play(launch.words, {...options, gpus: launch.processes});
			}

			// `python -m MODULE`
			return stage.play(words.slice(2), options);
		},
		filesBelow: place => listFiles(path.join(folder, place)),
		remove: () => rmSync(folder, {recursive: true}),
	};
	return stage;
}

function listFiles(folder: string): string[] {
	return readdirSync(folder, {recursive: true, encoding: 'utf8'})
		.filter(name => statSync(path.join(folder, name)).isFile())
		.sort();
}
