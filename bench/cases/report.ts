import {execFileSync} from 'node:child_process';
import {link, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {type Browser, chromium} from 'playwright-core';
import {openStore} from '../../source/store/store.js';
import type {Report, ReportFile, ReportRun} from '../../source/workflow/report/report.js';
import {pageHtml, writeReport} from '../../source/workflow/report/write-report.js';
import {addResult} from '../../test/store/result-runs.js';
import {samplePrompt} from '../../test/store/samples.js';
import type {Case, Measure} from '../measure.js';

const [few, many] = [20, 2000];

const report: Case = {
	rounds: 9,
	about: `The page of a report opened from disk in headless Chromium, with ${many} clips beside one with ${few}: the time to the first paint of content, and until its program takes keys.`,
	async run(rounds) {
		const home = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
		const browser = await chromium.launch({
			executablePath: '/usr/bin/chromium',
			args: ['--no-sandbox'],
		});
		try {
			const small = await makeReport(home);
			const large = await enlarge(home, small);
			// The first page of a browser is slower, whichever it is.
			await open(browser, small);
			await open(browser, large);
			const [ours, theirs]: [Times[], Times[]] = [[], []];
			for (let round = 0; round < rounds; round++) {
				const sides = [
					async () => ours.push(await open(browser, large)),
					async () => theirs.push(await open(browser, small)),
				];
				for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
					await side();
				}
			}

			const measure = (name: string, key: keyof Times, goal: Measure['goal']): Measure => ({
				...{name: `${name} of a report with ${many} clips`, beside: `one with ${few}`, goal},
				...{ours: ours.map(one => one[key]), theirs: theirs.map(one => one[key])},
			});
			return [
				measure('first paint', 'paint', {kind: 'times', most: 1.5}),
				measure('keys', 'ready', {kind: 'none'}),
			];
		} finally {
			await browser.close();
			await rm(home, {recursive: true, force: true, maxRetries: 10});
		}
	},
};

export default report;

/** Seconds since the page was asked for. */
type Times = {paint: number; ready: number};

async function open(browser: Browser, folder: string): Promise<Times> {
	const page = await browser.newPage({viewport: {width: 1280, height: 900}});
	try {
		await page.goto(pathToFileURL(path.join(folder, 'index.html')).href);
		await page.waitForSelector('html[data-ready]');
		const [paint, ready] = (await page.evaluate(
			`new Promise(resolve => new PerformanceObserver(list => {
				const [entry] = list.getEntriesByName('first-contentful-paint');
				const [load] = performance.getEntriesByType('navigation');
				if (entry) resolve([entry.startTime, load.domContentLoadedEventEnd]);
			}).observe({type: 'paint', buffered: true}))`,
		)) as [number, number];
		return {paint: paint / 1000, ready: ready / 1000};
	} finally {
		await page.close();
	}
}

/** A report as the program writes it, with stills. */
async function makeReport(home: string): Promise<string> {
	const video = path.join(home, 'clip.mp4');
	execFileSync('ffmpeg', [
		...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x704:rate=24'],
		...['-frames:v', '48', '-c:v', 'libx264', '-preset', 'fast', '-pix_fmt', 'yuv420p', video],
	]);
	const store = await openStore({folder: path.join(home, 'data')});
	const {id: promptId} = await store.addPrompt(id => samplePrompt(id));
	for (let seed = 1; seed <= few; seed++) {
		await addResult(store, video, ({settings}) => ({
			...{promptId, inputs: [], settings: {...settings, seed}, rating: (seed % 5) + 1},
		}));
	}

	const folder = path.join(home, 'small');
	await writeReport(store, await store.listRuns(), {folder, title: 'night'});
	store.close();
	return folder;
}

/** The same with each run a hundred times, under ids of their own, with files of their own names. */
async function enlarge(home: string, small: string): Promise<string> {
	const folder = path.join(home, 'large');
	const page = await readFile(path.join(small, 'index.html'), 'utf8');
	const data = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)?.[1];
	const written = JSON.parse(data ?? '') as Report;
	const runs: ReportRun[] = [];
	for (let copy = 0; copy < many / few; copy++) {
		for (const run of written.runs) {
			const id = `${run.id.slice(0, -3)}${String(copy).padStart(3, '0')}`;
			const outputs: ReportFile[] = [];
			for (const {src, poster = '', ...file} of run.outputs) {
				const own = [src, poster].map(name => name.replace(run.id, id + runs.length));
				for (const [at, name] of [src, poster].entries()) {
					const to = path.join(folder, own[at] as string);
					await mkdir(path.dirname(to), {recursive: true});
					await link(path.join(small, name), to);
				}

				outputs.push({...file, src: own[0] as string, poster: own[1]});
			}

			runs.push({...run, id: id + runs.length, name: `${run.name} ${copy}`, outputs});
		}
	}

	await writeFile(path.join(folder, 'index.html'), await pageHtml({...written, runs}));
	return folder;
}
