import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import type {Family} from '../../../source/domain/models/family.js';
import {jobOf} from '../../../source/domain/models/models.js';
import {completeSettings} from '../../../source/domain/settings/settings-check.js';
import {moveField, stepField} from '../../../source/screens/launch/form-edits.js';
import type {FormTarget} from '../../../source/screens/launch/form-target.js';
import {fieldsOf, launchForm, requestsOf} from '../../../source/screens/launch/launch-form.js';
import {addPromptWithVideo, openShell, type Shell} from '../../commands/in-process.js';
import {sampleRun} from '../../store/samples.js';

/**
 * A family that nothing else in the product has heard of, as docs/models.md leads through it: this
 * object, and its place in the list.
 */
const tiny = vi.hoisted(
	(): Family => ({
		name: 'tiny1',
		title: 'Tiny One',
		roles: [],
		modes: [
			{
				name: 'paint',
				requires: ['color'],
				settings: [
					{
						key: 'edge',
						label: 'edge',
						help: 'weight of the edge control',
						main: true,
						scope: 'sample',
						kind: 'number',
						default: 1,
						min: 0,
						max: 1,
						step: 0.05,
					},
					{
						key: 'mood',
						label: 'mood',
						help: 'what the weather does',
						main: true,
						scope: 'sample',
						kind: 'choice',
						default: 'calm',
						choices: ['calm', 'storm'],
					},
					{
						key: 'timeLimit',
						label: 'time limit',
						help: 'seconds after which the job is stopped',
						main: true,
						scope: 'sample',
						kind: 'integer',
						default: 60,
						min: 10,
						max: 600,
						step: 10,
						unit: 's',
					},
				],
				sampling: /^tiny begins/,
				conflictIn: ({edge, mood}) =>
					edge === 0 && mood === 'storm'
						? {key: 'mood', problem: 'a storm needs edges'}
						: undefined,
				needs: (role, settings) => role === 'edge' && (settings.edge ?? 0) > 0,
				job: ({promptText, settings}, {runFolder, inputs}) => ({
					files: [
						{name: 'spec.json', text: JSON.stringify({text: promptText, mood: settings.mood})},
					],
					command: ['tiny', runFolder, inputs.color ?? ''],
				}),
				result: () => ({title: 'output.mp4', has: name => name === 'output.mp4'}),
			},
		],
		checkout: {name: 'tiny', needs: 'tiny', hint: 'Clone tiny there.'},
		savesMemory: ['a smaller video'],
	}),
);

vi.mock('../../../source/domain/models/family-list.js', async original => {
	const {families} = await original<{families: Family[]}>();
	return {families: [...families, tiny]};
});

let shell: Shell;
let promptId: string;
beforeAll(async () => {
	shell = await openShell();
	promptId = (await addPromptWithVideo(shell)).id;
});
afterAll(() => shell.close());

it('has its flags, its help and its word for --model', async () => {
	const {stdout} = await shell.cosmos(['inference', '--help'], {bare: true});
	expect(stdout).toMatch(/--mood WORD +tiny1: what the weather does \(calm, storm; default calm\)/);
	expect(stdout).toMatch(/--model NAME +family of models: .* or tiny1/);
});

it.each([
	[['--mood', 'fog'], '--mood must be one of calm, storm, not fog'],
	[['--steps', '3'], '--steps is not a setting of tiny1'],
	[['--edge', '0', '--mood', 'storm'], '--mood: a storm needs edges'],
	[['--time-limit', '601'], '--time-limit must be 10 to 600, not 601'],
])('has its own checks: %j', async (words, message) => {
	const call = ['inference', promptId, '--host', 'demo', '--dry-run', '--model', 'tiny1', ...words];
	const {code, stderr} = await shell.cosmos(call);
	expect(stderr).toContain(message);
	expect(code).toBe(2);
});

it('plans its own spec and command', async () => {
	const words = ['--host', 'demo', '--dry-run', '--json', '--model', 'tiny1', '--mood', 'storm'];
	const {stdout} = await shell.cosmos(['inference', promptId, ...words]);
	expect([JSON.parse(stdout)].flat()[0]).toMatchObject({
		task: {model: 'tiny1', settings: {edge: 1, mood: 'storm', timeLimit: 60}},
		files: [{name: 'spec.json', text: expect.stringContaining('"mood":"storm"')}],
		command: ['tiny', 'cosmos-runs/RUN', expect.stringMatching(/^cosmos-inputs.*\.mp4$/)],
	});
});

it('has its fields in the form', async () => {
	const prompt = (await shell.store.getPrompt(promptId)) ?? expect.fail('no prompt');
	const target: FormTarget = {operation: 'transfer', prompts: [prompt], together: false};
	const form = launchForm({target, hosts: ['demo'], host: 'demo', model: 'transfer1'});
	const there = stepField({...form, focus: 'model'}, 1);
	expect(fieldsOf(there)).toEqual(['model', 'preset', 'edge', 'mood', 'timeLimit', 'host']);
	const focused = {...there, focus: 'mood'};
	expect(requestsOf(stepField(focused, 1))).toMatchObject([
		{model: 'tiny1', settings: {mood: 'storm'}},
	]);
	expect(moveField(focused, 1).focus).toBe('timeLimit');
});

it('is stored, and read with its defaults', async () => {
	const settings = completeSettings('transfer', {}, 'tiny1');
	const run = await shell.store.addRun(
		id =>
			({
				...sampleRun(id, {promptId}),
				operation: 'transfer',
				model: 'tiny1',
				settings,
			}) as never,
	);
	const found = await shell.store.getRun(run.id);
	expect(found?.run).toMatchObject({model: 'tiny1', settings});
	expect(
		jobOf(found?.run ?? expect.fail('no run'), {runFolder: 'r', inputs: {}, gpuCount: 1})
			.command[0],
	).toBe('tiny');
	expect((await shell.cosmos(['show', run.id])).stdout).toMatch(/^ {2}mood +calm$/m);
});
