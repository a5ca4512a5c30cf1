import {afterAll, beforeAll, expect, it} from 'vitest';
import {samplePrompt, sampleRun} from '../store/samples.js';
import {openShell, type Shell} from './in-process.js';

let shell: Shell;
let promptId: string;
beforeAll(async () => {
	shell = await openShell();
	const prompt = await shell.store.addPrompt(samplePrompt);
	promptId = prompt.id;
	await shell.store.addRun(id => ({
		...sampleRun(id, {promptId}),
		...({promptText: prompt.text, status: 'completed', exitCode: 0, outputs: []} as object),
	}));
});
afterAll(() => shell.close());

it.each<[string, number, readonly string[]]>([
	['usage', 2, ['shwo']],
	['usage', 2, ['show']],
	['not-found', 2, ['show', 'run_nope']],
	['invalid-setting', 2, ['inference', 'latest', '--steps', '0', '--dry-run']],
	['unknown-model', 2, ['inference', 'latest', '--model', 'transfer9', '--dry-run']],
	['unknown-host', 3, ['status', '--host', 'nowhere']],
	['not-found', 2, ['presets', 'show', 'soft']],
	['invalid-name', 2, ['presets', 'save', 'a/b', '--steps', '3']],
	['text-in-use', 2, ['edit', 'latest', '--text', 'Another street']],
	['empty-text', 2, ['edit', 'latest', '--text', ' ']],
	['wrong-state', 2, ['fetch', 'latest']],
])(
	'tells a program that asks for JSON the code %s with exit code %i: %j',
	async (code, exitCode, words) => {
		const answer = await shell.cosmos([...words, '--json']);
		expect(answer.code).toBe(exitCode);
		expect(answer.stdout).toBe('');
		const last = answer.stderr.trimEnd().split('\n').at(-1) ?? '';
		expect(JSON.parse(last)).toEqual({
			schema: 'cosmos.error.1',
			code,
			message: expect.stringMatching(/./),
			hint: expect.any(String),
			exitCode,
		});
	},
);

it('says the same in words without --json', async () => {
	const {stderr} = await shell.cosmos(['show', 'run_nope']);
	expect(stderr).toMatch(/^cosmos: .*run_nope/);
	expect(stderr).not.toContain('{');
});
