import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {modeOf} from '../../../source/domain/models/families.js';
import {batchConflict} from '../../../source/domain/models/family.js';
import type {Setting} from '../../../source/domain/settings/settings.js';
import {completeSettings} from '../../../source/domain/settings/settings-check.js';
import {stepField} from '../../../source/screens/launch/form-edits.js';
import {fieldsOf, launchForm, requestsOf} from '../../../source/screens/launch/launch-form.js';
import {addPromptWithVideo, openShell, type Shell} from '../../commands/in-process.js';
import {createReader, type Reader} from '../../simulator/reading.js';
import {sampleRun} from '../../store/samples.js';
import {changedTasks} from './setting-change.js';

/** What a person adds for a new setting: its row, and below how its program is given it. */
const added = vi.hoisted(() => {
	const row = {
		label: 'frames',
		help: 'frames to make at most',
		main: true,
		kind: 'integer',
		default: 90,
		min: 10,
		max: 900,
		step: 10,
	} as const;
	return {
		transfer1: {...row, key: 'cutoffFrame', scope: 'process'},
		'transfer2.5': {...row, key: 'guidedSteps', scope: 'sample'},
	} as const satisfies Record<string, Setting>;
});

vi.mock('../../../source/domain/models/transfer1-settings.js', async original => {
	const {settingsTable} = await original<{settingsTable: readonly Setting[]}>();
	return {
		settingsTable: [...settingsTable.slice(0, -1), added.transfer1, ...settingsTable.slice(-1)],
	};
});
vi.mock('../../../source/domain/models/transfer1-words.js', async original => {
	const real = await original<{words: Record<string, unknown>}>();
	real.words.cutoffFrame = (frames: number) => ['--cutoff_frame', String(frames)];
	return real;
});
vi.mock('../../../source/domain/models/transfer25-settings.js', async original => {
	const {settingsTable, ...rest} = await original<{settingsTable: readonly Setting[]}>();
	const row = added['transfer2.5'];
	return {...rest, settingsTable: [...settingsTable.slice(0, -1), row, ...settingsTable.slice(-1)]};
});
vi.mock('../../../source/domain/models/transfer25-words.js', async original => {
	const real = await original<{sampleKeys: Record<string, unknown>}>();
	real.sampleKeys.guidedSteps = (steps: number) => ({guided_generation_step_threshold: steps});
	return real;
});

let shell: Shell;
let reader: Reader;
let promptId: string;
beforeAll(async () => {
	[shell, reader] = [await openShell(), await createReader()];
	promptId = (await addPromptWithVideo(shell)).id;
});
afterAll(async () => {
	shell.close();
	await reader.remove();
});

const cases = [
	['transfer1', added.transfer1, '--cutoff-frame', /"cutoff_frame":100/],
	['transfer2.5', added['transfer2.5'], '--guided-steps', /"guided_generation_step_threshold":100/],
] as const;

describe.each(cases)('a setting added to %s', (model, row, flag, read) => {
	it('has a field in the form, which submits it', async () => {
		const prompt = (await shell.store.getPrompt(promptId)) ?? expect.fail('no prompt');
		const target = {operation: 'transfer', prompts: [prompt], together: false} as const;
		const form = launchForm({target, hosts: ['demo'], host: 'demo', model});
		expect(fieldsOf(form)).toContain(row.key);
		expect(requestsOf(stepField({...form, focus: row.key}, 1))).toMatchObject([
			{settings: {[row.key]: 100}},
		]);
	});

	it('has a flag with its help and its range', async () => {
		const {stdout} = await shell.cosmos(['inference', '--help'], {bare: true});
		expect(stdout).toMatch(new RegExp(`${flag} N +${model}: frames to make at most \\(10 to 900`));
		const call = ['inference', promptId, '--host', 'demo', '--dry-run', '--model', model];
		const {code, stderr} = await shell.cosmos([...call, flag, '901']);
		expect(stderr).toContain(`${flag} must be 10 to 900, not 901`);
		expect(code).toBe(2);
	});

	it('is in the spec or the command of a run', async () => {
		const words = ['--host', 'demo', '--dry-run', '--json', '--model', model, flag, '100'];
		const {stdout} = await shell.cosmos(['inference', promptId, ...words]);
		const [plan] = [JSON.parse(stdout)].flat();
		expect(plan.task.settings).toMatchObject({[row.key]: 100});
		expect(JSON.stringify([plan.files, plan.command])).toMatch(
			/cutoff_frame","100"|step_threshold\\+": 100/,
		);
	});

	it('is stored and shown, with its default in older runs', async () => {
		const {[row.key]: _, ...before} = completeSettings('transfer', {}, model);
		const run = await shell.store.addRun(id => ({
			...sampleRun(id, {promptId}),
			...({operation: 'transfer', model, settings: before} as object),
		}));
		expect((await shell.store.getRun(run.id))?.run.settings).toMatchObject({[row.key]: 90});
		expect((await shell.cosmos(['show', run.id])).stdout).toMatch(
			new RegExp(`^ {2}${flag.slice(2)} +90$`, 'm'),
		);
	});

	it('is accepted by the simulator, for a run and for a batch', async () => {
		const mode = modeOf({model});
		const [before, after] = changedTasks(model, mode, row);
		const {inputs, runFolder} = reader;
		const run = await reader.read(mode.job(after, {runFolder, gpuCount: 1, inputs}));
		expect(JSON.stringify(run)).toMatch(read);
		expect(batchConflict([before, after], mode)?.setting).toBe(
			row.scope === 'process' ? row.key : undefined,
		);
		const tasks = row.scope === 'process' ? [after, after] : [before, after];
		const places = {runFolder, gpuCount: 1, inputs: [inputs, inputs]};
		const batch = await reader.read(mode.batch?.job(tasks, places) ?? expect.fail('no batch'));
		const told = row.scope === 'process' ? batch.process : batch.samples[1];
		expect(JSON.stringify(told)).toMatch(read);
	});
});
