import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {complete} from '../../../source/commands/complete.js';
import {splitLeadingFlags} from '../../../source/commands/flags/leading-flags.js';
import {verbs} from '../../../source/commands/verbs.js';
import {addFinished, openShell, type Shell} from '../in-process.js';

let shell: Shell;
beforeAll(async () => {
	shell = await openShell();
	await addFinished(shell.store);
});
afterAll(() => shell.close());

const call = (...words: string[]) => shell.cosmos(words, {bare: true});

describe('flags of every verb, before the verb', () => {
	it.each([
		[(data: string) => ['--data', data]],
		[(data: string) => [`--data=${data}`]],
		[(data: string) => ['-q', '--debug', '--data', data]],
		[(data: string) => ['--data', data, '--quiet']],
	])('mean what they mean behind it (%#)', async flags => {
		const leading = flags(shell.data);
		for (const words of [
			['list', 'runs'],
			['queue', 'list', '--json'],
			['show', 'latest'],
		]) {
			const before = await call(...leading, ...words);
			expect(before).toEqual(await call(...words, ...leading));
			expect(before.code).toBe(0);
		}
	});

	it.each([
		[['--no-such', 'list'], {code: 2}],
		[
			['--data', 'x', 'lst'],
			{code: 2, stderr: expect.stringContaining('Did you mean `cosmos list`?')},
		],
		[['--data', 'x', '--version'], {code: 0}],
		[['--data', 'x', 'help', 'list'], {code: 0}],
	])('%j', async (words, answer) => {
		expect(await call(...words)).toMatchObject(answer);
	});

	it.each([
		[
			['--data', 'd', 'list'],
			['--data', 'd'],
		],
		[['--quiet=x', 'list'], []],
		[['--', 'list'], []],
		[['--data'], ['--data']],
		[['--help', 'list'], []],
		[['--read-only'], []],
	])('ends where another word begins: %j', (argv, leading) => {
		const split = splitLeadingFlags(argv);
		expect(split.leading).toEqual(leading);
		expect([...split.leading, ...split.words]).toEqual(argv);
	});

	it('are passed over when a shell completes', async () => {
		const surroundings = {env: {HOME: shell.folder}, cwd: shell.folder};
		const offered = async (...words: string[]) => {
			const {kind, words: found} = await complete(verbs, words, surroundings);
			return {kind, words: found.map(([word]) => word)};
		};
		expect((await offered('--data', shell.data, 'inf')).words).toEqual(['inference']);
		expect((await offered('-q', '--data', shell.data, 'logs', 'la')).words).toEqual(['latest']);
		expect((await offered('--data', shell.data, 'show', 'run_')).words).toHaveLength(1);
		expect(await offered('--data', '')).toEqual({kind: 'folder', words: []});
	});
});
