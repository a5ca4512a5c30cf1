import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {CosmosError} from '../../source/domain/errors.js';
import {makeId} from '../../source/domain/ids.js';
import type {Run} from '../../source/domain/types.js';
import {formatSegment} from '../../source/store/documents/segment-text.js';
import {openStore} from '../../source/store/store.js';
import {isLong} from '../long-form.js';
import {generator} from './generator.js';
import {noon, sampleRun} from './samples.js';

/** `npm run fuzz` takes the long form. */
const rounds = Number(process.env.COSMOS_ROUNDS ?? (isLong ? 10_000 : 150));
/** The first seed; each file has the next one. */
const first = Number(process.env.COSMOS_SEED ?? 1);

let folder: string;
let runs: Run[];
let names: {segment: string; sound: string};
let texts: {segment: string; previous: string; sound: string};

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'cosmos-fuzz-'));
	runs = Array.from({length: 15}, (_, index) => ({
		...sampleRun(makeId('run', Date.parse(noon) + index, new Uint8Array(4))),
		promptText: `Text ${index} ✓`,
		status: 'cancelled',
	}));
	names = {segment: `${runs[0]?.id}.json`, sound: `${runs[12]?.id}.json`};
	texts = {
		segment: formatSegment(runs.slice(0, 12)),
		previous: formatSegment(runs.slice(0, 11)),
		sound: formatSegment(runs.slice(12)),
	};
});
afterAll(() => rm(folder, {recursive: true}));

type Pick = (below: number) => number;

/** Ways to corrupt a file; each returns the new bytes. */
const mutations: ReadonlyArray<(bytes: Buffer, pick: Pick) => Buffer> = [
	(bytes, pick) => bytes.subarray(0, pick(bytes.length)),
	(bytes, pick) => {
		const spoilt = Buffer.from(bytes);
		for (let count = 1 + pick(8); count > 0; count--) {
			const at = pick(bytes.length);
			spoilt[at] = (spoilt[at] as number) ^ (1 << pick(8));
		}

		return spoilt;
	},
	(bytes, pick) => {
		const start = pick(bytes.length);
		return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + pick(3000)));
	},
	(bytes, pick) => {
		const start = pick(bytes.length);
		const junk = Buffer.from(Array.from({length: 1 + pick(300)}, () => pick(256)));
		return Buffer.concat([bytes.subarray(0, start), junk, bytes.subarray(start + pick(300))]);
	},
	(bytes, pick) => {
		const [start, end] = [pick(bytes.length), pick(bytes.length)].sort((a, b) => a - b);
		return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
	},
	(bytes, pick) => {
		const lines = bytes.toString('utf8').split('\n');
		const [one, other] = [pick(lines.length), pick(lines.length)];
		[lines[one], lines[other]] = [lines[other] as string, lines[one] as string];
		return Buffer.from(lines.join('\n'));
	},
	(bytes, pick) => {
		const lines = bytes.toString('utf8').split('\n');
		lines.splice(pick(lines.length), 0, lines[pick(lines.length)] as string);
		return Buffer.from(lines.join('\n'));
	},
	(bytes, pick) => {
		const words = ['null', '[]', '{}', '""', '-1', '1e999', '"\\ud800"', '{"__proto__":1}'];
		const text = bytes.toString('utf8');
		const values = [...text.matchAll(/:("[^"]*"|\d+|true|false)/g)];
		const value = values[pick(values.length)];
		if (!value) {
			// A mutation before this one has left none.
			return bytes;
		}

		const end = value.index + value[0].length;
		return Buffer.from(
			`${text.slice(0, value.index)}:${words[pick(words.length)]}${text.slice(end)}`,
		);
	},
];

/** Runs whose own line is in the bytes as it was written: no damage has touched them. */
function untouched(spoilt: Buffer): string[] {
	const lines = new Set(
		spoilt
			.toString('utf8')
			.split('\n')
			.map(line => line.replace(/,$/, '')),
	);
	return runs.slice(0, 12).flatMap(run => (lines.has(JSON.stringify(run)) ? run.id : []));
}

async function readAll(home: string) {
	const store = await openStore({folder: home, onNotice: () => undefined});
	const listed = (await store.listRuns()).map(({run}) => run);
	await store.runIds();
	for (const id of [runs[0]?.id, runs[6]?.id, runs[14]?.id]) {
		await store.getRun(id as string).catch(ownError);
	}

	return {store, listed};
}

/** Only an error that explains itself to a person may come out. */
function ownError(error: unknown): void {
	if (!(error instanceof CosmosError)) {
		throw error;
	}
}

test(`returns every undamaged record of ${rounds} corrupted files`, async () => {
	const counts = {refused: 0, saved: 0};
	for (let seed = first; seed < first + rounds; seed++) {
		const pick = generator(seed);
		let spoilt: Buffer = Buffer.from(texts.segment);
		for (let count = 1 + pick(2); count > 0; count--) {
			const mutate = mutations[pick(mutations.length)] as (typeof mutations)[number];
			spoilt = spoilt.length > 0 ? mutate(spoilt, pick) : spoilt;
		}

		const home = path.join(folder, String(seed));
		await mkdir(path.join(home, 'run-index'), {recursive: true});
		const place = (name: string) => path.join(home, 'run-index', name);
		await writeFile(place(names.segment), spoilt);
		await writeFile(place(names.sound), texts.sound);
		// By turns with and without the file's previous state.
		if (seed % 2 === 0) {
			await writeFile(place(`${names.segment}.previous`), texts.previous);
		}

		const wanted = [...untouched(spoilt), ...runs.slice(12).map(({id}) => id)];
		try {
			await readAndMend(home, wanted, `seed ${seed}`);
			counts.saved++;
		} catch (error) {
			// A version that became a higher number: left as it is, for a newer program.
			expect((error as Error).message, `seed ${seed}`).toContain('by a newer cosmos');
			expect(await readFile(place(names.segment))).toEqual(spoilt);
			counts.refused++;
		}

		await rm(home, {recursive: true});
	}

	console.log(`${rounds} spoilt files: ${counts.saved} saved, ${counts.refused} refused as newer`);
	expect(counts.saved).toBeGreaterThan(rounds * 0.9);
}, 3_600_000);

async function readAndMend(home: string, wanted: readonly string[], seed: string): Promise<void> {
	const {store, listed} = await readAll(home);
	expect(lost(wanted, listed), seed).toEqual([]);
	// Twice, as `cosmos verify --fix` does: what can be read again may show what damage has hidden.
	for (let pass = 0; pass < 2; pass++) {
		for (const {repair} of await store.verify()) {
			await repair?.();
		}
	}

	const mended = await readAll(home);
	expect(lost(wanted, mended.listed), `${seed}, mended`).toEqual([]);
	const left = (await mended.store.verify()).filter(({isNote}) => !isNote);
	expect(
		left.map(({path: file, what}) => `${file} ${what}`),
		seed,
	).toEqual([]);
}

function lost(wanted: readonly string[], listed: readonly Run[]): string[] {
	const there = new Set(listed.map(({id}) => id));
	return wanted.filter(id => !there.has(id));
}
