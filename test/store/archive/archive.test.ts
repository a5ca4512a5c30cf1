import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {gunzipSync} from 'node:zlib';
import tar from 'tar-stream';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Prompt, Run} from '../../../source/domain/types.js';
import {openStore, type Store} from '../../../source/store/store.js';
import {noon, samplePrompt, sampleRun} from '../samples.js';

let folder: string;
let home: Store;
let away: Store;
let prompt: Prompt;
let run: Run;
let file: string;

const video = 'a video';
const now = () => noon;
const add = (name: string, outputs = true, ids: string[] = []) =>
	home.exportTo({file: name, outputs, ids, now});
const take = (name = file, dryRun = false) => away.importFrom({file: name, dryRun, now});
/** The record of an imported document. */
const mark = async () => ({
	at: noon,
	archive: createHash('sha256')
		.update(await readFile(file))
		.digest('hex'),
});
const videoOf = (store: Store) => path.join(store.runFolder(run.id), 'outputs', 'output.mp4');

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-archive-'));
	file = path.join(folder, 'all.tar');
	home = await openStore({folder: path.join(folder, 'home')});
	away = await openStore({folder: path.join(folder, 'away')});
	prompt = await home.addPrompt(id => samplePrompt(id, 'Straße 夜'));
	const sha256 = createHash('sha256').update(video).digest('hex');
	run = await home.addRun(id => ({
		...sampleRun(id, {promptId: prompt.id}),
		status: 'completed',
		exitCode: 0,
		outputs: [{name: 'output.mp4', size: video.length, sha256}],
	}));
	await writeFile(videoOf(home), video);
	await writeFile(path.join(home.runFolder(run.id), 'log'), 'words\n');
});
afterEach(() => rm(folder, {recursive: true}));

describe('an export', () => {
	test('copies records, log and outputs into another data folder', async () => {
		await add(file);
		expect(await take()).toEqual({
			prompts: [prompt.id],
			runs: [run.id],
			same: [],
			outputsBack: [],
			unconfirmed: [prompt.id],
			conflicts: [],
		});
		const imported = await mark();
		expect(await away.listPrompts()).toEqual([{...prompt, imported, unconfirmed: true}]);
		expect((await away.getRun(run.id))?.run).toEqual({...run, imported});
		expect(await readFile(videoOf(away), 'utf8')).toBe(video);
		expect(await readFile(path.join(away.runFolder(run.id), 'log'), 'utf8')).toBe('words\n');
		expect(await away.verify({deep: true})).toEqual([]);
	});

	test('without outputs, contains a record that says so', async () => {
		await add(file, false);
		await take();
		expect((await away.getRun(run.id))?.run).toEqual({
			...run,
			outputsDeletedAt: noon,
			imported: await mark(),
		});
	});

	test('is compressed if its name says so, and decompressed whatever its name is', async () => {
		const packed = path.join(folder, 'all.tgz');
		await add(packed);
		expect(gunzipSync(await readFile(packed)).toString('latin1', 257, 262)).toBe('ustar');
		expect(await take(packed)).toMatchObject({runs: [run.id]});
	});

	test('of one run includes its prompt, and no other', async () => {
		await home.addPrompt(id => samplePrompt(id, 'another'));
		await add(file, true, [run.id]);
		expect(await take()).toMatchObject({prompts: [prompt.id], runs: [run.id]});
	});

	test('leaves out an unfinished run, and says so', async () => {
		const going = await home.addRun(id => sampleRun(id));
		expect(await add(file)).toMatchObject({runs: 1, unfinished: [going.id]});
	});

	test('never replaces a file', async () => {
		await writeFile(file, 'mine');
		await expect(add(file)).rejects.toMatchObject({
			kind: 'usage',
			message: `${file} already exists`,
		});
		expect(await readFile(file, 'utf8')).toBe('mine');
	});

	test('with names longer than a plain header allows can be read', async () => {
		const long = `${'ä'.repeat(90)}.txt`;
		await writeFile(path.join(home.runFolder(run.id), long), 'long');
		await add(file);
		await take();
		expect(await readFile(path.join(away.runFolder(run.id), long), 'utf8')).toBe('long');
	});
});

describe('an import', () => {
	beforeEach(() => add(file));

	test('reports what it would do with dryRun, and does nothing', async () => {
		expect(await take(file, true)).toMatchObject({prompts: [prompt.id], runs: [run.id]});
		expect(await readdir(folder)).not.toContain('away');
	});

	test('of existing records changes nothing', async () => {
		await take();
		expect(await take()).toMatchObject({prompts: [], runs: [], same: [prompt.id, run.id]});
	});

	test('restores missing outputs', async () => {
		await take();
		await rm(videoOf(away));
		expect(await take()).toMatchObject({outputsBack: [run.id]});
		expect(await readFile(videoOf(away), 'utf8')).toBe(video);
	});

	test('skips and reports a record with the same id but different content, and imports the rest', async () => {
		await take();
		const mine = await away.updatePrompt(prompt.id, one => ({...one, name: 'mine'}));
		const more = await home.addPrompt(id => samplePrompt(id, 'more'));
		const second = path.join(folder, 'second.tar');
		await add(second);
		expect(await take(second)).toMatchObject({
			prompts: [more.id],
			conflicts: [{id: prompt.id, why: 'a different version already exists here'}],
		});
		expect(await away.getPrompt(prompt.id)).toEqual(mine);
	});

	test('skips records that are in the trash here', async () => {
		await take();
		const [there] = await away.listPrompts();
		const gone = {prompts: [there as Prompt], runs: [], outputsOf: []};
		await away.trash.put(async () => gone, noon);
		expect((await take()).conflicts).toEqual([
			{id: prompt.id, why: expect.stringContaining('in the trash')},
		]);
	});

	test('merges older records between the existing ones', async () => {
		const clock = () => Date.UTC(2030, 0, 1);
		const later = await openStore({folder: path.join(folder, 'away'), clock});
		const newer = await later.addRun(id => sampleRun(id));
		await take();
		expect(await away.runIds()).toEqual([run.id, newer.id]);
		expect((await away.listRuns()).map(one => one.run.id)).toEqual([newer.id, run.id]);
	});
});

type Entry = {name: string; content: Buffer; type?: 'symlink'; linkname?: string};

/** Entries of an archive as they are, to be put together otherwise. */
async function entriesOf(archive: string): Promise<Entry[]> {
	const entries: Entry[] = [];
	const source = Readable.from([await readFile(archive)]);
	for await (const entry of source.pipe(tar.extract())) {
		entries.push({name: entry.header.name, content: await buffer(entry)});
	}

	return entries;
}

async function write(entries: readonly Entry[]): Promise<string> {
	const target = path.join(folder, 'hostile.tar');
	const pack = tar.pack();
	for (const {content, ...header} of entries) {
		pack.entry(header, content);
	}

	pack.finalize();
	await writeFile(target, Readable.from(pack));
	return target;
}

describe('an archive that is rejected, with nothing imported', () => {
	beforeEach(() => add(file));

	async function refusal(archive: string): Promise<string> {
		const error = await take(archive).then(
			() => undefined,
			(thrown: unknown) => thrown as Error,
		);
		expect(error).toMatchObject({kind: 'usage'});
		expect([await away.runIds(), await away.promptIds()]).toEqual([[], []]);
		expect((await readdir(path.join(folder, 'away'))).sort()).toEqual([]);
		return error?.message ?? '';
	}

	test.each([
		'../../evil',
		'/etc/evil',
		'runs/run_000000000000/../../evil',
		'runs/RUN/files/../../../evil',
		'runs/RUN/files//evil',
		'runs/RUN/files/a\\..\\evil',
		'runs/RUN/files/outputs/./evil',
		'prompts/../evil.json',
		'notes.txt',
	])('has %s in it', async name => {
		const entries = await entriesOf(file);
		const place = name.replace('RUN', run.id);
		entries.splice(-1, 0, {name: place, content: Buffer.from('evil')});
		expect(await refusal(await write(entries))).toContain('does not belong in an export');
		expect(await readdir(folder)).not.toContain('evil');
	});

	test('has a link in it', async () => {
		const entries = await entriesOf(file);
		const name = `runs/${run.id}/files/link`;
		const link = {name, type: 'symlink', linkname: '/etc', content: Buffer.alloc(0)} as const;
		const archive = await write([...entries.slice(0, -1), link]);
		expect(await refusal(archive)).toContain('does not belong in an export');
	});

	test('has an output whose content differs from its record', async () => {
		const entries = (await entriesOf(file)).map(entry =>
			entry.name.endsWith('output.mp4') ? {...entry, content: Buffer.from('A VIDEO')} : entry,
		);
		expect(await refusal(await write(entries))).toContain('the hash differs');
	});

	test('has a file twice', async () => {
		const entries = await entriesOf(file);
		const log = entries.find(({name}) => name.endsWith('/log'));
		entries.splice(-1, 0, log as (typeof entries)[number]);
		expect(await refusal(await write(entries))).toContain('twice');
	});

	test('has an invalid record', async () => {
		const entries = (await entriesOf(file)).map(entry =>
			entry.name.startsWith('prompts/')
				? {...entry, content: Buffer.from(entry.content.toString().replace('"text"', '"words"'))}
				: entry,
		);
		expect(await refusal(await write(entries))).toMatch(/is damaged|cannot be imported/);
	});

	test('was written by a newer cosmos', async () => {
		const [manifest, ...rest] = await entriesOf(file);
		const newer = {...JSON.parse(String(manifest?.content)), format: 2};
		const content = Buffer.from(JSON.stringify(newer));
		const name = manifest?.name as string;
		expect(await refusal(await write([{name, content}, ...rest]))).toContain('a newer cosmos');
	});

	test('is something else', async () => {
		await writeFile(file, 'x'.repeat(2000));
		expect(await refusal(file)).toContain('not a tar archive');
	});

	test('does not exist', async () => {
		expect(await refusal(path.join(folder, 'none.tar'))).toContain('there is no file');
	});
});

test('an archive is rejected wherever it is truncated', async () => {
	await add(file);
	const bytes = await readFile(file);
	const cut = path.join(folder, 'cut.tar');
	const lastContent = bytes.length - 1024;
	for (let length = 0; length < lastContent; length += 431) {
		await writeFile(cut, bytes.subarray(0, length));
		await expect(take(cut)).rejects.toMatchObject({kind: 'usage'});
	}

	await mkdir(path.join(folder, 'away'), {recursive: true});
	expect(await away.runIds()).toEqual([]);
});
