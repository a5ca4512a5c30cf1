import {renderToString} from 'ink';
import {expect, it} from 'vitest';
import {Screen} from '../../source/dashboard/screen.js';
import {createLineDecoder} from '../../source/domain/runs/log-lines.js';
import type {DashboardState} from '../../source/state/dashboard-state.js';
import {apply, commanded, done, failed, filled, gpuHost, noon, prompt} from './examples.js';

const esc = '\u001b';

/** What must not reach a terminal, each with a word by which a test would see where it was. */
const hostile: Readonly<Record<string, string>> = {
	'OSC 8 with an escape in its link': `${esc}]8;;http://x${esc}]0;owned${esc}\\\u0007link${esc}]8;;\u0007`,
	'a window title': `${esc}]0;owned\u0007`,
	'a write to the clipboard': `${esc}]52;c;b3duZWQ=\u0007`,
	'a cleared screen': `${esc}[2J${esc}[H`,
	'a reset': `${esc}c`,
	'a question to the terminal': `${esc}[6n${esc}[c`,
	'a device control string': `${esc}P+q544e${esc}\\`,
	'an application command': `${esc}_Gf=100;owned${esc}\\`,
	'a privacy message': `${esc}^owned${esc}\\`,
	'the alternate screen': `${esc}[?1049l${esc}[?25h`,
	'concealed text': `${esc}[8mhidden`,
	'8-bit controls': '\u009b2J\u009d0;owned\u009c\u0090owned\u009c',
	'C0 controls': '\u0000\u0007\u0008\u000b\u000c\u000e\u000f\u007f',
	'a carriage return': 'shown\rrewritten',
	'directions turned round': '\u202e\u2066gpj\u2069\u061c\u200f',
	'tag characters': '\u{e0041}\u{e007f}',
	'an escape that is not ended': `${esc}]0;owned`,
};
const all = Object.values(hostile).join(' and ');

/** Colours are the one thing that may be there: digits and `;`, without 8 for conceal. */
const colour = /\u001b\[[\d;]*m/g;
const forbidden =
	/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

/** What is wrong with a frame; empty when nothing is. */
function harmIn(state: DashboardState): string {
	const frame = renderToString(<Screen state={state} />, {columns: state.size.columns});
	const concealed = frame.match(/\u001b\[8m/)?.[0] ?? '';
	const found = forbidden.exec(frame.replaceAll(colour, ''));
	return (
		concealed + (found ? JSON.stringify(found.input.slice(found.index - 20, found.index + 20)) : '')
	);
}

/** Every place where a text of somebody else's is shown has it. */
function poisoned(text: string): DashboardState {
	const opinion = {rating: 3, tags: [text], note: text};
	const first = done(1);
	const bad = failed(2);
	const gpu = {index: 0, name: text, utilization: 5};
	const window = {
		runId: 'run_000000000001',
		epoch: 1,
		first: 0,
		lines: createLineDecoder()
			.push(Buffer.from(`${text}\n`))
			.map(line => line.text),
		pending: '',
		atStart: true,
		atEnd: true,
		size: 10,
		range: [0, 10] as const,
	};
	return apply(
		filled({size: {columns: 160, rows: 50}}),
		{
			type: 'prompts-read',
			prompts: [
				prompt(1, {
					...opinion,
					name: text,
					text,
					negative: text,
					videoDir: `/videos/${text}`,
					history: [{text, replacedAt: new Date(noon).toISOString()}],
				}),
			],
		},
		{
			type: 'runs-read',
			runs: [
				{
					...first,
					run: {
						...first.run,
						...opinion,
						promptName: text,
						promptText: text,
						negative: text,
						host: text,
						lane: text,
						inputs: [{role: 'color', path: `/videos/${text}`, size: 1}],
						outputs: [{name: `${text}.mp4`, size: 1, sha256: 'ab'.repeat(32)}],
					} as typeof first.run,
				},
				{
					...bad,
					run: {
						...bad.run,
						promptName: text,
						failure: {reason: 'guardrail', message: text, hint: text},
					} as typeof bad.run,
				},
			],
			ownRuns: ['run_000000000001'],
			at: noon,
		},
		{
			type: 'host-answered',
			report: {
				host: {...gpuHost, remoteDir: text},
				problem: {message: text, hint: text, exitCode: 5},
				engine: {version: text, image: text, imageCreated: text},
				gpus: [gpu],
				freeSpace: 1,
				jobs: [{runId: text, lane: text, startedBy: text, state: text}],
				processes: [{pid: 1, name: text, user: text}],
			},
			at: noon,
		},
		{type: 'noticed', notice: {tone: 'bad', text, hint: text, at: noon}},
		{type: 'presets-read', presets: [{name: text, operation: 'transfer', settings: {}}]},
		{type: 'log-read', window},
	);
}

const ways: ReadonlyArray<readonly [string, readonly string[]]> = [
	['the prompt', []],
	['the lineage of a prompt', ['next-tab']],
	['the commands of a prompt', ['next-tab', 'next-tab']],
	['the log', ['to-runs']],
	['the settings of a run', ['to-runs', 'next-tab']],
	['the outputs', ['to-runs', 'next-tab', 'next-tab']],
	['the lineage of a run', ['to-runs', 'next-tab', 'next-tab', 'next-tab']],
	['the commands of a run', ['to-runs', 'previous-tab']],
	['why a run failed', ['to-runs', 'down']],
	['the log over the whole screen', ['to-runs', 'zoom']],
	['the runs of one prompt', ['drill']],
	['a filter', ['filter']],
	['the launch form', ['launch', 'form-previous', 'value-down']],
	['the enhance form', ['enhance']],
	['the upscale form', ['to-runs', 'upscale']],
	['the form of a run again', ['to-runs', 'rerun']],
	['rating', ['rate']],
	['tags', ['tags']],
	['a note', ['note']],
	['a new name', ['rename']],
	['a deletion', ['delete']],
	['the host page', ['host']],
	['stats', ['stats']],
	['the palette', ['palette']],
	['the notices', ['notices']],
	['the question before leaving', ['quit']],
];

it.each(ways)('lets nothing hostile through in %s', (_name, commands) => {
	expect(harmIn(commanded(poisoned(all), ...commands))).toBe('');
});

it.each(Object.entries(hostile))('lets %s through nowhere', (_name, text) => {
	expect(harmIn(commanded(poisoned(text), 'to-runs', 'next-tab'))).toBe('');
	expect(harmIn(poisoned(text))).toBe('');
});

it('shows what is left of such a text, so that the places are really looked at', () => {
	const frame = renderToString(<Screen state={poisoned(all)} />, {columns: 160});
	expect(frame).toContain('hidden');
	expect(forbidden.test(hostile['a window title'] as string)).toBe(true);
});
