import {createHash, randomBytes} from 'node:crypto';
import {
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	symlink,
	utimes,
	writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {collectOutputs} from '../../source/executor/collect-outputs.js';
import type {TransferProgress} from '../../source/executor/run-watcher.js';
import {inputPart, inputPath, uploadInputs} from '../../source/executor/transfer.js';
import {localTransport} from '../../source/executor/transport/local.js';
import type {Transport} from '../../source/executor/transport/transport.js';

const transport = localTransport('here');
const content = randomBytes(300_000);
const sha256Of = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const sha256 = sha256Of(content);

let folder: string;
let there: string;
let home: string;
let seen: TransferProgress[];
const onTransfer = (progress: TransferProgress) => seen.push(progress);

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-transfer-'));
	there = path.join(folder, 'there');
	home = path.join(folder, 'home');
	await mkdir(path.join(there, 'cosmos-inputs'), {recursive: true});
	await mkdir(home);
	seen = [];
});

afterEach(() => rm(folder, {recursive: true}));

describe('an input', () => {
	const input = {path: '', size: content.length, sha256};
	const place = () => path.join(there, inputPath('color.mp4', sha256));
	const part = () => path.join(there, inputPart({path: 'color.mp4', sha256}, 'run'));

	beforeEach(async () => {
		input.path = path.join(home, 'color.mp4');
		await writeFile(input.path, content);
	});

	const upload = () => uploadInputs(transport, there, [input], {runId: 'run', onTransfer});

	test('is stored under its hash, and nothing else is left', async () => {
		await upload();
		expect(await readFile(place())).toEqual(content);
		expect(await readdir(path.dirname(place()))).toEqual([path.basename(place())]);
	});

	test('is not uploaded again if it is there, only marked as used', async () => {
		await writeFile(place(), content);
		await utimes(place(), 1000, 1000);
		const {ino} = await stat(place());
		await upload();
		const after = await stat(place());
		expect(after.ino).toBe(ino);
		expect(after.mtimeMs).toBeGreaterThan(1e12);
		expect(seen).toEqual([
			{direction: 'upload', file: 'color.mp4', done: content.length, total: content.length},
		]);
	});

	test('is uploaded again if its content differs', async () => {
		await writeFile(place(), 'damaged');
		await upload();
		expect(await readFile(place())).toEqual(content);
	});

	test('resumes after the partial file', async () => {
		await writeFile(part(), content.subarray(0, 100_000));
		await upload();
		expect(seen[0]?.done).toBe(100_000);
		expect(await readFile(place())).toEqual(content);
	});

	test('is uploaded again if the partial file is damaged', async () => {
		await writeFile(part(), Buffer.alloc(100_000));
		await upload();
		expect(await readFile(place())).toEqual(content);
	});

	test('is stored although another input changed during the upload', async () => {
		const inputs = await Promise.all(
			Array.from({length: 40}, async (_, index) => {
				const file = path.join(home, `frame-${index}.png`);
				await writeFile(file, `${index}`);
				return {path: file, size: `${index}`.length, sha256: sha256Of(`${index}`)};
			}),
		);
		await writeFile(path.join(home, 'frame-7.png'), '?');
		await expect(uploadInputs(transport, there, inputs, {runId: 'run'})).rejects.toThrow(
			/frame-7\.png changed during the upload/,
		);
		const arrived = await readdir(path.join(there, 'cosmos-inputs'));
		const others = inputs.filter((_, index) => index !== 7);
		expect(arrived.sort()).toEqual(others.map(one => `${one.sha256}.png`).sort());
	});

	test('is never renamed if it differs from its hash', async () => {
		await writeFile(input.path, randomBytes(content.length));
		await expect(upload()).rejects.toMatchObject({
			kind: 'usage',
			message: `${input.path} changed during the upload`,
		});
		expect(await readdir(path.dirname(place()))).toEqual([]);
	});
});

describe('outputs', () => {
	const outputs = () => path.join(home, 'outputs');
	const collectAll = () =>
		collectOutputs(transport, path.join(there, 'outputs'), outputs(), {onTransfer});
	const collect = async () => (await collectAll()).outputs;

	beforeEach(async () => {
		await mkdir(path.join(there, 'outputs', 'more'), {recursive: true});
		await mkdir(outputs());
		await writeFile(path.join(there, 'outputs', 'output.mp4'), content);
		await writeFile(path.join(there, 'outputs', 'more', 'edge.mp4'), 'edge');
	});

	test('are downloaded with their hashes, sorted, and no partial file is left', async () => {
		expect(await collect()).toEqual([
			{
				name: 'more/edge.mp4',
				size: 4,
				sha256: createHash('sha256').update('edge').digest('hex'),
			},
			{name: 'output.mp4', size: content.length, sha256},
		]);
		expect(await readFile(path.join(outputs(), 'output.mp4'))).toEqual(content);
		expect((await readdir(outputs(), {recursive: true})).sort()).toEqual([
			'more',
			'more/edge.mp4',
			'output.mp4',
		]);
	});

	const partOf = async (name: string) => {
		await mkdir(`${outputs()}.parts`);
		return path.join(`${outputs()}.parts`, sha256Of(name));
	};

	test('resume after the partial file', async () => {
		await writeFile(await partOf('output.mp4'), content.subarray(0, 100_000));
		await collect();
		expect(seen.find(({file}) => file === 'output.mp4')?.done).toBe(100_000);
		expect(await readFile(path.join(outputs(), 'output.mp4'))).toEqual(content);
	});

	test('are downloaded again if the partial file differs', async () => {
		await writeFile(await partOf('output.mp4'), Buffer.alloc(100_000));
		await collect();
		expect(await readFile(path.join(outputs(), 'output.mp4'))).toEqual(content);
	});

	test('may have names that are prefixes of each other', async () => {
		await writeFile(path.join(there, 'outputs', 'output.mp4.part'), 'small');
		await mkdir(path.join(there, 'outputs', 'more', 'edge.mp4.part'));
		await writeFile(path.join(there, 'outputs', 'more', 'edge.mp4.part', 'deep'), 'deep');
		await collect();
		expect(await readFile(path.join(outputs(), 'output.mp4'))).toEqual(content);
		expect(await readFile(path.join(outputs(), 'output.mp4.part'), 'utf8')).toBe('small');
		expect(await readFile(path.join(outputs(), 'more/edge.mp4.part/deep'), 'utf8')).toBe('deep');
		expect(await readdir(home)).toEqual(['outputs']);
	});

	test('stay there when their names cannot be used here, and the others come home', async () => {
		const latin1 = Buffer.concat([
			Buffer.from(path.join(there, 'outputs', 'caf')),
			Buffer.of(0xe9),
		]);
		await writeFile(path.join(there, 'outputs', 'a\\b.mp4'), 'backslash');
		await writeFile(path.join(there, 'outputs', 'bell\u0007.mp4'), 'control');
		await writeFile(latin1, 'no UTF-8');
		const {outputs: home, refused} = await collectAll();
		expect(home.map(({name}) => name)).toEqual(['more/edge.mp4', 'output.mp4']);
		expect(refused.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
			{name: 'a\\b.mp4', why: 'it contains a backslash'},
			{name: 'bell\u0007.mp4', why: 'it contains a control character'},
			{name: 'caf\ufffd', why: 'it is not valid UTF-8'},
		]);
		expect((await readdir(outputs())).sort()).toEqual(['more', 'output.mp4']);
	});

	test('are refused when they are nested without end', async () => {
		await mkdir(path.join(there, 'outputs', ...Array<string>(70).fill('d')), {recursive: true});
		await expect(collect()).rejects.toMatchObject({
			kind: 'host',
			message: expect.stringContaining('lists more than'),
		});
		expect(await readdir(outputs())).toEqual([]);
	});

	test('of another size than was listed are an error, and no part of them is left', async () => {
		const lying: Transport = {
			...transport,
			listFiles: async () => [{name: 'output.mp4', size: 100, modified: 1}],
		};
		await expect(
			collectOutputs(lying, path.join(there, 'outputs'), outputs(), {onTransfer}),
		).rejects.toMatchObject({
			code: 'download-incomplete',
			message: expect.stringContaining('not 100'),
		});
		expect(await readdir(home)).toEqual(['outputs']);
	});

	test('that would leave no space for records stay there', async () => {
		const large: Transport = {
			...transport,
			listFiles: async () => [{name: 'output.mp4', size: 2 ** 50, modified: 1}],
		};
		await expect(
			collectOutputs(large, path.join(there, 'outputs'), outputs(), {onTransfer}),
		).rejects.toMatchObject({kind: 'home', message: expect.stringContaining('the outputs need')});
	});

	test('are none if a link replaces their folder', async () => {
		const elsewhere = path.join(there, 'elsewhere');
		await rename(path.join(there, 'outputs'), elsewhere);
		await symlink(elsewhere, path.join(there, 'outputs'));
		expect(await collect()).toEqual([]);
	});

	test('are not downloaded again if they are local', async () => {
		await collect();
		const file = path.join(outputs(), 'output.mp4');
		const {ino} = await stat(file);
		await collect();
		expect((await stat(file)).ino).toBe(ino);
	});

	test('are none if the folder is missing', async () => {
		await rm(path.join(there, 'outputs'), {recursive: true});
		expect(await collect()).toEqual([]);
	});
});
