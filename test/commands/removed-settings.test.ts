import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {defaultsOf} from '../../source/domain/settings/settings-tables.js';
import {sampleRun} from '../store/samples.js';
import {addPromptWithVideo, openShell, type Shell} from './in-process.js';

let shell: Shell;
let promptId: string;
beforeAll(async () => {
	shell = await openShell();
	promptId = (await addPromptWithVideo(shell)).id;
});
afterAll(() => shell.close());

/** A run of Transfer2.5 as an earlier version has stored it. */
async function oldRun(settings: object): Promise<string> {
	const {keepInputResolution: _k, maxFrames: _m, ...rest} = defaultsOf('transfer', 'transfer2.5');
	const {framesPerChunk: _f, conditionalFrames: _c, ...before} = rest;
	const {id} = await shell.store.addRun(id => ({
		...sampleRun(id, {promptId}),
		...({operation: 'transfer', model: 'transfer2.5'} as object),
		...({settings: {...before, distilled: false, sigmaMax: 200, ...settings}} as object),
	}));
	return id;
}

const edgeOnly = {vis: 0, depth: 0, seg: 0};

describe('a run of an earlier version with the distilled model of Transfer2.5', () => {
	it('is listed and shown with it', async () => {
		const id = await oldRun({...edgeOnly, distilled: true});
		expect((await shell.cosmos(['list', 'runs'])).stdout).toContain(id);
		expect((await shell.cosmos(['show', id])).stdout).toMatch(/^ {2}distilled +true$/m);
	});

	it('is not run again, and one line says why', async () => {
		const id = await oldRun({...edgeOnly, distilled: true});
		const {code, stderr} = await shell.cosmos(['rerun', id, '--host', 'demo', '--dry-run']);
		expect(code).toBe(2);
		expect(stderr).toMatch(
			/^cosmos: --distilled is no longer a setting of transfer2\.5: the distilled model is experimental, .*\n {2}Launch the prompt again without it/,
		);
	});
});

it('runs again without a sigma that had no effect', async () => {
	const id = await oldRun({sigmaMax: 90});
	expect((await shell.cosmos(['show', id])).stdout).toMatch(/^ {2}sigma-max +90$/m);
	const words = ['rerun', id, '--host', 'demo', '--dry-run', '--json'];
	const [plan] = JSON.parse((await shell.cosmos(words)).stdout);
	expect(plan.task.settings).toEqual(defaultsOf('transfer', 'transfer2.5'));
	expect(plan.files[0].text).not.toContain('sigma');
});
