import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {verbHelp} from '../../source/commands/help.js';
import {verbs} from '../../source/commands/verbs.js';
import {available} from '../lab/available.js';
import {cliPage, manPage} from './manual.js';

const root = path.join(import.meta.dirname, '..', '..');
const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

describe('the manual (npx vitest run test/commands/manual.test.ts -u writes it anew)', () => {
	it('is what docs/cli.md says', async () => {
		await expect(cliPage(verbs)).toMatchFileSnapshot('../../docs/cli.md');
	});

	it('is what man/cosmos.1 says', async () => {
		await expect(manPage(verbs, version)).toMatchFileSnapshot('../../man/cosmos.1');
	});

	it.skipIf(!available('man'))('can be read by man', () => {
		const {stderr, stdout, status} = spawnSync(
			'man',
			['--warnings', '-l', path.join(root, 'man', 'cosmos.1')],
			{encoding: 'utf8', env: {...process.env, MANWIDTH: '100', MANPAGER: 'cat'}},
		);
		expect(stderr).toBe('');
		expect(status).toBe(0);
		expect(stdout).toContain('cosmos rate ID 0..5');
	});
});

describe('help', () => {
	const every = verbs.flatMap(verb => [verb, ...(verb.parts ?? [])]);

	it.each(every.map(verb => [verb.name, verb] as const))(
		'of %s fits a wide terminal',
		(_name, verb) => {
			expect(
				verbHelp(verb)
					.split('\n')
					.filter(line => line.length > 110),
			).toEqual([]);
		},
	);

	it.each(every.map(verb => [verb.name, verb] as const))('of %s has an example', (_name, verb) => {
		expect(verbHelp(verb)).toMatch(/Examples\n {2}\S/);
	});
});
