import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {openLogFile} from '../../../source/store/log-file.js';
import {batchLog, runLog} from '../../../source/workflow/runs/job-log.js';
import {sampleRun} from '../../store/samples.js';

const ids = ['run_00000000000a', 'run_00000000000b'];
const runs = ids.map((id, index) => ({
	...sampleRun(id),
	batch: {id: ids[0] as string, index, size: 2},
}));
const beginning = '[x|transfer.py:338:demo] running preprocessor\n';
const [load, one, two] = ['load\n', `${beginning} 50%|█ |\rdone\n`, `${beginning}second\n`];
const whole = Buffer.from(load + one + two);
const parts = [load + one, load + two];

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-job-log-'));
});
afterEach(() => {
	rmSync(folder, {recursive: true, force: true});
});

const fileOf = (name: string) => path.join(folder, name);
const names = ['part-0', 'part-1'];

/** Has the log open as one life of the program does. */
async function live(work: (log: ReturnType<typeof batchLog>) => Promise<void>): Promise<void> {
	const files = ['whole', ...names].map(name => openLogFile(fileOf(name)));
	const [first, ...others] = files as [(typeof files)[0], ...typeof files];
	try {
		await work(batchLog(runs, first, others));
	} finally {
		await Promise.all(files.map(file => file.close()));
	}
}

function expectAll(): void {
	expect(readFileSync(fileOf('whole'))).toEqual(whole);
	expect(names.map(name => readFileSync(fileOf(name), 'utf8'))).toEqual(parts);
}

it('stores the whole log and gives each run its part', async () => {
	await live(async log => {
		await log.append(whole);
		await log.settle();
		expect(await log.size()).toBe(whole.length);
		expect((await log.begun()).all).toEqual(new Set([0, 1]));
		expect(await log.tailOf(ids[1] as string)).toContain('second');
	});
	expectAll();
});

it('has the same result if it dies at any byte, with its parts written or not', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.nat(whole.length), {maxLength: 3}),
			fc.tuple(fc.double({min: 0, max: 1, noNaN: true}), fc.double({min: 0, max: 1, noNaN: true})),
			async (deaths, written) => {
				for (const name of ['whole', ...names]) {
					writeFileSync(fileOf(name), '');
				}

				for (const death of [...deaths.sort((a, b) => a - b), whole.length]) {
					await live(async log => {
						await log.append(whole.subarray(await log.size(), death));
						if (death === whole.length) {
							await log.settle();
						}
					});
					if (death < whole.length) {
						// Of what the parts had, only some had reached the disk.
						for (const [index, name] of names.entries()) {
							const text = readFileSync(fileOf(name));
							const kept = Math.floor(text.length * (written[index] ?? 1));
							writeFileSync(fileOf(name), text.subarray(0, kept));
						}
					}
				}

				expectAll();
			},
		),
		{numRuns: 40},
	);
});

it('completes the parts if only they are missing', async () => {
	writeFileSync(fileOf('whole'), whole);
	await live(async log => {
		expect((await log.begun()).all).toEqual(new Set([0, 1]));
		await log.settle();
	});
	expectAll();
});

it('of a single run stays as it is when no run starts again', async () => {
	const log = openLogFile(fileOf('whole'));
	await log.append(whole);
	await runLog(log).empty([]);
	await log.close();
	expect(readFileSync(fileOf('whole'))).toEqual(whole);
});

it('empties the parts of the runs that start again, and no others', async () => {
	await live(async log => {
		await log.append(whole);
		await log.settle();
		await log.empty([]);
		await log.empty([ids[1] as string]);
		expect(await log.tailOf(ids[0] as string)).not.toBe('');
		expect(await log.tailOf(ids[1] as string)).toBe('');
	});
});

it('never empties the log of a run if no run starts again', async () => {
	const file = openLogFile(fileOf('alone'));
	const log = runLog(file);
	await log.append(whole);
	await log.empty([]);
	expect(await log.size()).toBe(whole.length);
	await file.close();
});
