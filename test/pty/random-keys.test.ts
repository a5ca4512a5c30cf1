import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it} from 'vitest';
import {runCosmos} from '../cosmos.js';
import {playKeys} from './random-keys.js';

/** `npm run keys` plays for as long as it is told; here it is some. */
const minutes = Number(process.env.COSMOS_MINUTES ?? 0);
const seed = Number(process.env.COSMOS_SEED ?? Math.floor(Math.random() * 2 ** 32));
const fewKeys = 150;

it('no keys, however they come, break the dashboard or the terminal', {timeout: 0}, async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-keys-'));
	const env = {HOME: folder, COSMOS_DATA: path.join(folder, 'data')};
	const cosmos = (...words: string[]) => runCosmos(words, {env, cwd: folder});
	const end = Date.now() + minutes * 60_000;
	console.log(`seed ${seed}`);
	try {
		const goesOn = (pressed: number) => (minutes > 0 ? Date.now() < end : pressed < fewKeys);
		const {keys, clicks, resizes, starts} = await playKeys(seed, folder, goesOn);
		console.log(
			`${keys} keys, ${clicks} reports of the mouse, ${resizes} resizes, ${starts} starts`,
		);
		await cosmos('kill-all', '--yes');
		const {stdout} = await cosmos('verify', '--deep', '--json');
		// A lock that a dashboard leaves with its run is taken over by whoever comes next.
		const found = (JSON.parse(stdout) as Array<{kind: string}>).filter(({kind}) => kind !== 'lock');
		expect(found, JSON.stringify(found)).toEqual([]);
	} finally {
		await cosmos('kill-all', '--yes');
		await rm(folder, {recursive: true, force: true, maxRetries: 5});
	}
});
