import {mkdir, mkdtemp, readdir, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {removeLeftover, surveyHost} from '../../source/executor/clean-host.js';
import type {HostSession} from '../../source/executor/host-session.js';
import {localTransport} from '../../source/executor/transport/local.js';
import {labHost} from '../lab/host.js';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(letter => letter.repeat(64)) as [
	string,
	string,
	string,
	string,
];
const day = 86_400;
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-clean-'));
	await mkdir(path.join(folder, 'cosmos-inputs'));
});
afterEach(() => rm(folder, {recursive: true}));

const there = () => readdir(path.join(folder, 'cosmos-inputs'));

async function place(name: string, age: number): Promise<void> {
	const file = path.join(folder, 'cosmos-inputs', name);
	await writeFile(file, 'x');
	const time = Date.now() / 1000 - age;
	await utimes(file, time, time);
}

/** No job is there. */
const session = () =>
	({
		host: labHost({name: 'here'}),
		transport: localTransport('here'),
		remoteDir: folder,
		engine: {list: async () => [], ended: async () => []},
	}) as unknown as HostSession;

it('counts an input and its record as one thing, used when the record was', async () => {
	await place(`${a}.mp4`, 9 * day);
	await place(`${a}.mp4.verified`, day);
	await place(`${b}.mp4`, 9 * day);
	// What an upload has left, and records whose files are gone.
	await place(`${c}.mp4.run_00000000000a.part`, 9 * day);
	await place(`${c}.mp4.run_00000000000a.part.verified`, 9 * day);
	await place(`${d}.mp4.verified`, 9 * day);
	await place('notes.verified', 9 * day);
	const {inputs} = await surveyHost(session());
	const found = inputs.map(({name, age, partOf}) => [name, Math.round(age / day), partOf]);
	expect(found.sort()).toEqual([
		[`${a}.mp4`, 1, undefined],
		[`${b}.mp4`, 9, undefined],
		[`${c}.mp4.run_00000000000a.part`, 9, 'run_00000000000a'],
		[`${d}.mp4.verified`, 9, undefined],
	]);
	for (const input of inputs) {
		await removeLeftover(session(), {kind: 'input', ...input});
	}

	expect(await there()).toEqual(['notes.verified']);
});
