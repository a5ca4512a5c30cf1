import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, it} from 'vitest';
import {bound} from '../bound.js';

const main = path.join(import.meta.dirname, 'main.ts');
const register = path.join(import.meta.dirname, '..', 'chaos', 'register.mjs');
const {COSMOS_PLAY_ROWS, COSMOS_PLAY_MINUTES} = process.env;
const rows = Number(COSMOS_PLAY_ROWS ?? 300);
/** Of the whole play; 10,000 rows take longer than a test may. */
const timeout = COSMOS_PLAY_MINUTES ? Number(COSMOS_PLAY_MINUTES) * 60_000 : bound;
const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0;

it.skipIf(!mayMount)(
	`a dataset of ${rows} rows is right after two kills, a full disk and a stop, and no clip succeeded twice`,
	{timeout},
	async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-dataset-play-'));
		try {
			const words = ['--import', register, main, folder, `${rows}`];
			const child = spawn(
				'unshare',
				['--mount', '--propagation', 'private', process.execPath, ...words],
				{stdio: ['ignore', 'pipe', 'inherit']},
			);
			const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
			const report = JSON.parse(said);
			expect(report).toMatchObject({rows, problems: []});
			expect(report.ends.map(({code}: {code: number}) => code)).toEqual([-1, -1, 6, 130, 1]);
		} finally {
			rmSync(folder, {recursive: true, force: true});
		}
	},
);
