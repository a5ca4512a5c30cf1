import {execFile} from 'node:child_process';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {CosmosError} from '../../source/domain/errors.js';
import {openStore, type Store} from '../../source/store/store.js';
import {isLong} from '../long-form.js';
import {generator} from './generator.js';
import {
	archiveOf,
	entry,
	hostileArchives,
	json,
	promptEntry,
	promptId,
	runEntry,
	runId,
} from './hostile-archives.js';
import {noon} from './samples.js';

let folder: string;
let store: Store;
let file: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-hostile-'));
	store = await openStore({folder: path.join(folder, 'data')});
	file = path.join(folder, 'hostile.tar');
});
afterEach(() => rm(folder, {recursive: true}));

const take = (dryRun = false) => store.importFrom({file, dryRun, now: () => noon});

async function refusalOf(bytes: Buffer, isDry = false): Promise<CosmosError | undefined> {
	await writeFile(file, bytes);
	return take(isDry).then(
		() => undefined,
		(error: unknown) => {
			expect(error).toBeInstanceOf(CosmosError);
			return error as CosmosError;
		},
	);
}

/** Nothing beside the data folder, and in it nothing that was not there or belongs to the store. */
async function expectNothingElse(isDry = false): Promise<void> {
	expect((await readdir(folder)).sort()).toEqual([...(isDry ? [] : ['data']), 'hostile.tar']);
	if (isDry) {
		return;
	}

	expect(await readdir(path.join(folder, 'data'))).not.toContain('incoming');
}

describe('a malicious archive', () => {
	it('comes in at least 40 kinds', () => {
		const kinds = new Set(hostileArchives.map(({kind}) => kind));
		expect(kinds.size).toBe(hostileArchives.length);
		expect(kinds.size).toBeGreaterThanOrEqual(40);
	});

	it.each(hostileArchives.filter(({says}) => says !== 'taken'))(
		'with $kind is refused in one line, and nothing is changed',
		async ({make, says, isDry}) => {
			const error = await refusalOf(make(), isDry);
			expect(error?.message).toMatch(says as RegExp);
			expect(error?.message).toMatch(/^\P{Cc}{1,600}$/u);
			expect(['usage', 'home']).toContain(error?.kind);
			expect([await store.promptIds(), await store.runIds()]).toEqual([[], []]);
			await expectNothingElse(isDry);
		},
	);

	it.each(hostileArchives.filter(({says}) => says === 'taken'))(
		'with $kind is taken without what would do harm',
		async ({make}) => {
			expect(await refusalOf(make())).toBeUndefined();
			const imported = {at: noon, archive: expect.stringMatching(/^[0-9a-f]{64}$/)};
			const prompt = await store.getPrompt(promptId);
			expect(prompt).toMatchObject({imported, unconfirmed: true});
			const run = (await store.getRun(runId))?.run;
			expect(run).toMatchObject({imported});
			expect(run).not.toHaveProperty('uncleaned');
			expect(run).not.toHaveProperty('jobId');
			expect(run).not.toHaveProperty('batch');
			expect(run?.simulated).toBe(run?.operation !== 'recipe');
			expect(({} as {polluted?: unknown}).polluted).toBeUndefined();
			await expectNothingElse();
		},
	);

	it('is rejected immediately if it is not a regular file', async () => {
		file = '/dev/zero';
		await expect(take()).rejects.toMatchObject({message: '/dev/zero is not a regular file'});
	});

	// A process of its own: its memory is not that of the tests before.
	it
		.runIf(process.platform === 'linux')
		.each([
			'many large records',
			'a bomb in a file',
			'a record of a million values',
			'entries without end',
		])('with %s takes less than 250 MB of memory', async kind => {
		const found = hostileArchives.find(one => one.kind === kind);
		await writeFile(file, found?.make() ?? '');
		const cli = path.resolve('dist/cli.js');
		const script = `import {readFileSync} from 'node:fs';
				process.once('exit', () => console.error(readFileSync('/proc/self/status', 'utf8')));
				process.argv.splice(1, 1);
				await import(process.argv[1]);`;
		const dry = found?.isDry ? ['--dry-run'] : [];
		const words = ['--input-type=module', '-e', script, 'x', cli, 'import', file];
		const ended = await promisify(execFile)('node', [
			...words,
			...dry,
			'--data',
			path.join(folder, 'data'),
		])
			.then(() => expect.fail('it was imported'))
			.catch((error: {code: number; stderr: string}) => error);
		expect(ended).toMatchObject({code: 2, stderr: expect.stringContaining('cannot be imported')});
		const peak = Number(/VmHWM:\s+(\d+) kB/.exec(ended.stderr)?.[1]);
		expect(peak).toBeGreaterThan(10_000);
		expect(peak).toBeLessThan(250_000);
	});
});

const signs = [
	...['/', '\\', '..', '.', ':', ' ', '\0', '\n', '\u001b[', '\u009b', '\u202e', '~', '*', '$(x)'],
	...[
		'a',
		'Z',
		'9',
		'-',
		'_',
		'é',
		'夜',
		'\u{1f600}',
		'\ud800',
		'con',
		'outputs',
		'log',
		'%2e',
		'|',
	],
];

/** `npm run fuzz` takes the long form. */
const rounds = Number(process.env.COSMOS_ROUNDS ?? (isLong ? 10_000 : 200));
const first = Number(process.env.COSMOS_SEED ?? 1);

it(
	`${rounds} archives of random names, paths and fields write nothing outside`,
	async () => {
		for (let seed = first; seed < first + rounds; seed++) {
			const pick = generator(seed);
			const text = () =>
				Array.from({length: pick(6)}, () => signs[pick(signs.length)] as string).join('');
			const value = () =>
				[text(), pick(1000) - 500, null, [text()], {[text()]: text()}, true][pick(6)] as unknown;
			const fields = [
				'name',
				'text',
				'videoDir',
				'inputs',
				'rating',
				'tags',
				'note',
				'model',
				text(),
			];
			const runFields = [
				'promptName',
				'host',
				'lane',
				'batch',
				'outputs',
				'settings',
				'jobId',
				text(),
			];
			const change = (names: readonly string[]) =>
				pick(2) === 0 ? {} : {[names[pick(names.length)] as string]: value()};
			const names = [text(), `runs/${runId}/files/${text()}`, `prompts/${text()}.json`];
			const bytes = archiveOf(
				promptEntry(change(fields)),
				runEntry(change(runFields)),
				...(pick(2) === 0 ? [] : [entry(names[pick(names.length)] as string, json(text()))]),
			);
			if (pick(4) === 0) {
				bytes[pick(bytes.length)] = pick(256);
			}

			const context = `COSMOS_SEED=${seed} COSMOS_ROUNDS=1`;
			const error = await refusalOf(bytes);
			expect(error?.message ?? 'taken', context).toMatch(/^\P{Cc}{1,600}$/u);
			expect((await readdir(folder)).sort(), context).toEqual(['data', 'hostile.tar']);
			if (!error) {
				expect(await store.getPrompt(promptId), context).toMatchObject({unconfirmed: true});
				expect(await store.verify(), context).toEqual([]);
				await rm(path.join(folder, 'data'), {recursive: true});
				store = await openStore({folder: path.join(folder, 'data')});
			}
		}

		expect(await readFile(file)).not.toHaveLength(0);
		// As many rounds as there are, on a machine of any speed.
	},
	isLong ? 0 : undefined,
);
