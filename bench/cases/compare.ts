import {execFileSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as rest} from 'node:timers/promises';
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {openStore} from '../../source/store/store.js';
import {program} from '../../test/cosmos.js';
import {addResult} from '../../test/store/result-runs.js';
import {samplePrompt} from '../../test/store/samples.js';
import type {Case, Measure} from '../measure.js';

const clip = {size: '1280x704', fps: 60, seconds: 4} as const;
const frames = clip.fps * clip.seconds;
const size = {columns: 120, rows: 40} as const;
const views = [
	{name: 'one video', keys: '='},
	{name: 'two side by side', keys: ' =1'},
	{name: 'a wipe', keys: ' =2'},
	{name: 'a difference', keys: ' =3'},
] as const;

const compare: Case = {
	rounds: 3,
	about: `Playing results in half blocks in a terminal of 120x40, beside mpv --vo=tct with one video: ${clip.seconds} s of 1280x704 at ${clip.fps} frames per second. The figure is the time for each frame that was shown.`,
	async run(rounds) {
		const home = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
		try {
			const videos = ['testsrc2', 'testsrc'].map(source => makeClip(home, source));
			const measures: Measure[] = [];
			for (const view of views) {
				const data = path.join(home, view.name);
				await makeStore(data, view.name === 'one video' ? videos.slice(0, 1) : videos);
				const [ours, theirs]: [number[], number[]] = [[], []];
				for (let round = 0; round < rounds; round++) {
					ours.push(await playOurs(data, view.keys));
					theirs.push(...(await playMpv(videos[0] as string)));
				}

				measures.push({
					...{name: `play ${view.name}`, beside: 'mpv --vo=tct', ours, theirs},
					goal: {kind: 'speed', least: 0.5},
				});
			}

			return measures;
		} finally {
			await rm(home, {recursive: true, force: true, maxRetries: 10});
		}
	},
};

export default compare;

function makeClip(folder: string, source: string): string {
	const file = path.join(folder, `${source}.mp4`);
	execFileSync('ffmpeg', [
		...['-nostdin', '-v', 'error', '-f', 'lavfi'],
		...['-i', `${source}=size=${clip.size}:rate=${clip.fps}`, '-frames:v', String(frames)],
		...['-c:v', 'libx264', '-preset', 'fast', '-pix_fmt', 'yuv420p', file],
	]);
	return file;
}

async function makeStore(folder: string, videos: readonly string[]): Promise<void> {
	const store = await openStore({folder});
	// Without a prompt the samples would be made first.
	const {id: promptId} = await store.addPrompt(id => samplePrompt(id));
	for (const video of videos) {
		await addResult(store, video, () => ({promptId, inputs: []}));
	}

	store.close();
}

/** Seconds for each frame that the compare page showed while it played its videos for their length. */
async function playOurs(data: string, keys: string): Promise<number> {
	const env = {HOME: data, COSMOS_DATA: data};
	const terminal = openRawTerminal(process.execPath, [program], env);
	try {
		await terminal.waitFor(/● ready[\s\S]*1 Prompts/);
		terminal.send('2');
		await terminal.waitFor(/Settings/);
		for (const key of keys) {
			terminal.send(key);
		}

		// All frames are there.
		await terminal.waitFor(new RegExp(` 1/${frames} `));
		return await terminal.perFrame(endOfFrame, () => terminal.send(' '));
	} finally {
		await terminal.close();
	}
}

/** The same of mpv; nothing where it is not installed. */
async function playMpv(video: string): Promise<number[]> {
	try {
		execFileSync('mpv', ['--version'], {stdio: 'ignore'});
	} catch {
		return [];
	}

	const words = ['--no-config', '--vo=tct', '--no-audio', '--really-quiet', '--loop', video];
	const terminal = openRawTerminal('mpv', words, {});
	try {
		await terminal.waitFor(/▄/);
		return [await terminal.perFrame(firstRow)];
	} finally {
		await terminal.close();
	}
}

/** Ends what is shown at once. */
const endOfFrame = /\u001b\[\?2026l/g;
/** A frame of mpv's moves the cursor to its first row once. */
const firstRow = /\u001b\[3;0f/g;

/** A program in a terminal that draws nothing while frames are counted: drawing would be what is measured. */
function openRawTerminal(command: string, words: readonly string[], env: object) {
	const pty = spawn(command, [...words], {
		...{cols: size.columns, rows: size.rows, name: 'xterm-256color'},
		env: {...process.env, ...env, COLORTERM: 'truecolor'},
	});
	const screen = new xterm.Terminal({
		...{cols: size.columns, rows: size.rows, allowProposedApi: true, scrollback: 0},
	});
	let take = (data: string) => screen.write(data);
	pty.onData(data => take(data));
	const ended = new Promise<void>(resolve => {
		pty.onExit(() => resolve());
	});
	const shown = () =>
		Array.from(
			{length: size.rows},
			(_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '',
		).join('\n');
	return {
		send: (keys: string) => pty.write(keys),
		waitFor: (wanted: RegExp) =>
			new Promise<void>((resolve, reject) => {
				const watch = screen.onWriteParsed(() => {
					if (wanted.test(shown())) {
						watch.dispose();
						resolve();
					}
				});
				void ended.then(() => reject(new Error(`${command} has ended without ${wanted}`)));
			}),
		/** Seconds for each frame of those that come in the time of one clip. */
		async perFrame(mark: RegExp, begin: () => void = () => {}): Promise<number> {
			let text = '';
			take = data => {
				text += data;
			};
			const begun = performance.now();
			begin();
			await rest(clip.seconds * 1000);
			const seconds = (performance.now() - begun) / 1000;
			return seconds / (text.match(mark)?.length ?? 0);
		},
		async close() {
			pty.kill();
			await ended;
		},
	};
}
