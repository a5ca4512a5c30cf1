import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {batchKey} from '../../../source/domain/models/families.js';
import {batchConflict} from '../../../source/domain/models/family.js';
import {transfer1} from '../../../source/domain/models/transfer1.js';
import {batchJob} from '../../../source/domain/models/transfer1-batch.js';
import {
	settingsTable,
	type Transfer1Settings,
} from '../../../source/domain/models/transfer1-settings.js';
import {controlNames} from '../../../source/domain/settings/settings.js';
import type {TaskOf} from '../../../source/domain/types.js';
import {transferTask} from './tasks.js';

const withSettings = (
	settings: Partial<Transfer1Settings>,
	more: Partial<TaskOf<'transfer'>> = {},
) => ({
	...transferTask,
	...more,
	settings: {...transferTask.settings, ...settings},
});

const none = {vis: 0, edge: 0, depth: 0, seg: 0};
const places = (...inputs: Array<Record<string, string>>) => ({
	runFolder: 'cosmos-runs/run_000000001abc',
	inputs: inputs.map((own, index) => ({color: `in/${index}.mp4`, ...own})),
	gpuCount: 1,
});

function filesOf(job: ReturnType<typeof batchJob>) {
	const [spec, lines] = job.files.map(({text}) => text);
	return {
		base: JSON.parse(spec ?? ''),
		lines: (lines ?? '')
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line)),
	};
}

describe('a batch of transfers', () => {
	it('has the union of the controls in its base, and a weight for each in every line', () => {
		const tasks = [withSettings({...none, depth: 0.7}), withSettings({...none, edge: 0.4})];
		const {base, lines} = filesOf(batchJob(tasks, places({depth: 'in/d.mp4'}, {})));
		expect(base).toEqual({
			input_video_path: 'in/0.mp4',
			edge: {control_weight: 0.4},
			depth: {control_weight: 0.7},
		});
		expect(lines.map(({control_overrides}) => control_overrides)).toEqual([
			{
				edge: {control_weight: 0, input_control: 'in/0.mp4'},
				depth: {control_weight: 0.7, input_control: 'in/d.mp4'},
			},
			{
				edge: {control_weight: 0.4, input_control: null},
				depth: {control_weight: 0, input_control: 'in/1.mp4'},
			},
		]);
	});

	it('has the shared negative text in its base, and each text in its line', () => {
		const tasks = ['a', 'b'].map(promptText => ({...transferTask, promptText, negative: 'fog'}));
		const {base, lines} = filesOf(batchJob(tasks, places({}, {})));
		expect(base.negative_prompt).toBe('fog');
		expect(base).not.toHaveProperty('prompt');
		expect(lines.map(({prompt}) => prompt)).toEqual(['a', 'b']);
	});

	it('passes every text unchanged, on one ASCII line, and not in the command', () => {
		fc.assert(
			fc.property(fc.array(fc.string({unit: 'binary'}), {minLength: 1, maxLength: 4}), texts => {
				const tasks = texts.map(promptText => ({...transferTask, promptText}));
				const job = batchJob(tasks, places(...texts.map(() => ({}))));
				const text = job.files[1]?.text ?? '';
				expect(text).toMatch(/^[ -~\n]*$/);
				expect(text.split('\n')).toHaveLength(texts.length + 1);
				expect(filesOf(job).lines.map(({prompt}) => prompt)).toEqual(texts);
				expect(job.command).toEqual(batchJob([transferTask], places({})).command);
			}),
		);
	});

	it('produces the videos one by one', () => {
		expect(batchJob([transferTask], places({})).command.join(' ')).toContain('--batch_size 1');
	});
});

describe('differences that prevent a batch', () => {
	it.each(settingsTable.map(row => [row.key, row] as const))('%s', (key, row) => {
		const before = transferTask.settings[key];
		const after =
			row.kind === 'switch'
				? !before
				: row.kind === 'choice'
					? row.choices[0]
					: Number(before) + 0.125;
		const other = withSettings({[key]: after});
		const shared = row.scope === 'process';
		const conflict = batchConflict([transferTask, transferTask, other], transfer1.modes[0]);
		expect(conflict).toEqual(
			shared ? {setting: key, places: [0, 2], values: [before, after]} : undefined,
		);
		expect(batchKey(other, true) === batchKey(transferTask, true)).toBe(!shared);
		expect(batchKey(other, false) === batchKey(transferTask, false)).toBe(!shared);
	});

	it('the negative text', () => {
		const other = {...transferTask, negative: 'fog'};
		expect(batchConflict([transferTask, other], transfer1.modes[0])?.setting).toBe('negative');
		expect(batchKey(other, false)).not.toBe(batchKey(transferTask, false));
	});

	it('the set of controls, unless mixed', () => {
		const sets = fc.subarray([...controlNames], {minLength: 1});
		fc.assert(
			fc.property(sets, sets, (one, two) => {
				const taskOf = (set: readonly string[]) =>
					withSettings({...none, ...Object.fromEntries(set.map(name => [name, 0.5]))});
				expect(batchKey(taskOf(one), false) === batchKey(taskOf(two), false)).toBe(
					one.join() === two.join(),
				);
				expect(batchKey(taskOf(one), true)).toBe(batchKey(taskOf(two), true));
				expect(batchConflict([taskOf(one), taskOf(two)], transfer1.modes[0])).toBeUndefined();
			}),
		);
	});
});
