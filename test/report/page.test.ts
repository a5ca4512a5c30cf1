import {execFileSync} from 'node:child_process';
import {cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {type Browser, chromium, type Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {openShell, type Shell} from '../commands/in-process.js';
import {available} from '../lab/available.js';
import {sampleRun} from '../store/samples.js';

const turned = '\u202egnp.exe';
const hostile = '<img src=x onerror="document.title=1">"\'</script><b>';
const fps = 24;
let shell: Shell;
let browser: Browser;
let folder: string;

/** Completed runs with a moving video each, of the same prompt, with seeds of their own. */
async function addRuns(count: number, video: Buffer): Promise<void> {
	const {createHash} = await import('node:crypto');
	const sha256 = createHash('sha256').update(video).digest('hex');
	for (let index = 0; index < count; index++) {
		const run = await shell.store.addRun(id => {
			const run = sampleRun(id);
			return {
				...run,
				promptName: index === 1 ? hostile : index === 4 ? `clip 4${turned}` : `clip ${index}`,
				promptText: index === 2 ? hostile : 'a city at night',
				note: index === 3 ? hostile : '',
				rating: index % 6,
				settings: {...run.settings, seed: 10 + Math.floor(index / 2), guidance: 3 + (index % 2)},
				status: 'completed',
				exitCode: 0,
				outputs: [{name: 'outputs/output.mp4'.slice(8), size: video.length, sha256}],
			} as never;
		});
		const outputs = path.join(shell.store.runFolder(run.id), 'outputs');
		await mkdir(outputs, {recursive: true});
		await writeFile(path.join(outputs, 'output.mp4'), video);
	}
}

function makeVideo(name: string): string {
	const file = path.join(folder, name);
	execFileSync('ffmpeg', [
		...[
			'-nostdin',
			'-v',
			'error',
			'-y',
			'-f',
			'lavfi',
			'-i',
			`testsrc2=size=320x180:rate=${fps}:duration=3`,
		],
		...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', file],
	]);
	return file;
}

/** Opens a report from disk. Every error of the page and every request that leaves the disk fails the test. */
async function openReport(to: string): Promise<Page> {
	const page = await browser.newPage({viewport: {width: 1280, height: 900}});
	const trouble: string[] = [];
	page.on('console', message => {
		if (message.type() === 'error' || message.type() === 'warning') {
			trouble.push(message.text());
		}
	});
	page.on('pageerror', error => trouble.push(String(error)));
	page.on('request', request => {
		if (!request.url().startsWith('file:')) {
			trouble.push(request.url());
		}
	});
	onTestFinished(async () => {
		await page.close();
		expect(trouble).toEqual([]);
	});
	await page.goto(pathToFileURL(path.join(to, 'index.html')).href);
	await page.waitForSelector('html[data-ready]');
	return page;
}

describe.skipIf(!available('ffmpeg') || !available('chromium'))('the page of a report', () => {
	let to: string;

	beforeAll(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'cosmos-report-'));
		shell = await openShell();
		browser = await chromium.launch({
			executablePath: '/usr/bin/chromium',
			args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
		});
		await addRuns(12, await readFile(makeVideo('a.mp4')));
		to = path.join(folder, 'night');
		const ids = (await shell.store.listRuns()).map(({run}) => run.id);
		const made = await shell.cosmos(['report', ...ids, '--to', to, '--title', hostile]);
		expect(made).toMatchObject({code: 0, stdout: `${path.join(to, 'index.html')}\n`});
	});

	afterAll(async () => {
		await browser?.close();
		shell?.close();
		await rm(folder, {recursive: true, force: true});
	});

	it('shows names and texts of records as text', async () => {
		const page = await openReport(to);
		expect(await page.title()).toBe(hostile);
		expect(await page.locator('.card strong').allTextContents()).toContain(hostile);
		expect(await page.locator('img[src="x"], b b').count()).toBe(0);
		// A mark that turns the direction would show it as `clip 4exe.png`.
		expect(await page.locator('.card strong').allTextContents()).toContain('clip 4gnp.exe');
		await page.locator('.card', {hasText: 'clip 2'}).locator('.open').click();
		expect(await page.locator('#viewer').textContent()).toContain(hostile);
	});

	it('finds by words and by conditions, and sorts', async () => {
		const page = await openReport(to);
		const names = () => page.locator('#gallery .card strong').allTextContents();
		await page.fill('#search', 'stars>=5');
		expect((await names()).toSorted()).toEqual(['clip 11', 'clip 5']);
		await page.fill('#search', 'seed:12 !guidance=3');
		expect(await names()).toEqual(['clip 5']);
		await page.fill('#search', '"clip 7"');
		expect(await names()).toEqual(['clip 7']);
		expect(await page.textContent('#count')).toBe('1 of 12 runs');
		await page.fill('#search', '');
		await page.selectOption('#order', 'seed');
		expect((await names()).slice(0, 2).toSorted()).toEqual([hostile, 'clip 0'].toSorted());
	});

	it('lays a sweep out by two of its settings', async () => {
		const page = await openReport(to);
		await page.selectOption('#across', 'guidance');
		await page.selectOption('#down', 'seed');
		expect(await page.locator('#table thead th').allTextContents()).toEqual([
			'guidance 3',
			'guidance 4',
		]);
		expect(await page.locator('#table tbody tr').count()).toBe(6);
		expect(
			await page.locator('#table tbody tr').nth(1).locator('.card strong').allTextContents(),
		).toEqual(['clip 2', 'clip 3']);
	});

	it('plays several results in step, to the frame, and steps them together', async () => {
		const page = await openReport(to);
		for (const name of ['clip 4', 'clip 5', 'clip 6']) {
			await page.locator('.card', {hasText: name}).locator('.mark').check();
		}

		await page.click('#compare');
		await until(
			page,
			`[...document.querySelectorAll('.stage video')].length === 3 && [...document.querySelectorAll('.stage video')].every(one => one.readyState === 4)`,
		);
		await page.click('.on');
		await page.click('.on');
		expect(await framesShown(page)).toEqual([2, 2, 2]);
		await page.click('.play');
		await until(page, `document.querySelector('.stage video').currentTime > 1`);
		await page.click('.play');
		const shown = await framesShown(page);
		expect(new Set(shown).size).toBe(1);
		expect(shown[0]).toBeGreaterThanOrEqual(24);
		// What differs stands below, and nothing else of the settings.
		expect(await page.locator('.facts th').allTextContents()).toContain('seed');
		expect(await page.locator('.facts th').allTextContents()).not.toContain('steps');
	});

	it('wipes between two results and shows their difference', async () => {
		const page = await openReport(to);
		for (const name of ['clip 4', 'clip 5']) {
			await page.locator('.card', {hasText: name}).locator('.mark').check();
		}

		await page.click('#compare');
		await page.click('button[data-mode="wipe"]');
		await page.fill('.border', '30');
		expect(
			await page.evaluate(`getComputedStyle(document.querySelector('.stage .above')).clipPath`),
		).toBe('inset(0px 0px 0px 30%)');
		await page.click('button[data-mode="difference"]');
		expect(
			await page.evaluate(`getComputedStyle(document.querySelector('.stage .above')).mixBlendMode`),
		).toBe('difference');
		await page.keyboard.press('Escape');
		await until(page, `!document.querySelector('#viewer').open`);
	});

	it('works from the keyboard alone', async () => {
		const page = await openReport(to);
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('m');
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('m');
		await page.keyboard.press('c');
		await until(page, `document.querySelectorAll('.stage figure').length === 2`);
		await page.keyboard.press('Escape');
		await until(page, `!document.querySelector('#viewer').open`);
		await page.keyboard.press('Enter');
		await until(page, `document.querySelectorAll('.stage figure').length === 1`);
		await page.keyboard.press('Escape');
		await until(page, `!document.querySelector('#viewer').open`);
		await page.keyboard.press('/');
		await page.keyboard.type('"clip 9"');
		await until(page, `document.querySelectorAll('#gallery .card').length === 1`);
	});

	it('has dark and light colours, and contrast in both', async () => {
		for (const colorScheme of ['dark', 'light'] as const) {
			const page = await openReport(to);
			await page.emulateMedia({colorScheme});
			const [text, ground] = (await page.evaluate(
				`(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))`,
			)) as [string, string];
			const light = (colour: string) => Math.max(...(colour.match(/\d+/g) ?? []).map(Number));
			expect(light(text) > light(ground)).toBe(colorScheme === 'dark');
			expect(Math.abs(light(text) - light(ground))).toBeGreaterThan(180);
		}
	});

	it('makes more cards as they come near', async () => {
		const many = path.join(folder, 'many');
		const page = await readFile(path.join(to, 'index.html'), 'utf8');
		const block = /(<script type="application\/json" id="report">)(.*?)(<\/script>)/s;
		const report = JSON.parse(block.exec(page)?.[2] ?? '') as {runs: Array<{id: string}>};
		const runs = Array.from({length: 200}, (_, at) => ({...report.runs[at % 12], id: `run_${at}`}));
		await cp(to, many, {recursive: true});
		await writeFile(
			path.join(many, 'index.html'),
			page.replace(
				block,
				(_, start, _old, end) =>
					`${start}${JSON.stringify({...report, runs}).replaceAll('<', '\\u003c')}${end}`,
			),
		);
		const opened = await openReport(many);
		const count = () => opened.locator('#gallery .card').count();
		await opened.fill('#search', 'city');
		await opened.fill('#search', '');
		expect(await count()).toBe(60);
		await opened.locator('#end').scrollIntoViewIfNeeded();
		await expect.poll(count).toBe(120);
	});
});

/** Waits for an expression in the page, whose policy lets nothing be evaluated there but by the browser's own door. */
async function until(page: Page, expression: string): Promise<void> {
	await expect.poll(() => page.evaluate(expression)).toBe(true);
}

/** The number of the frame that each player shows. */
async function framesShown(page: Page): Promise<number[]> {
	await until(page, `[...document.querySelectorAll('.stage video')].every(one => !one.seeking)`);
	return (await page.evaluate(
		`[...document.querySelectorAll('.stage video')].map(one => Math.floor(one.currentTime * ${fps}))`,
	)) as number[];
}

describe('cosmos report', () => {
	it('refuses a folder that holds something else, and leaves nothing when it fails', async () => {
		const own = await openShell();
		onTestFinished(() => own.close());
		const {run} = {run: await own.store.addRun(id => sampleRun(id))};
		const full = own.folder;
		const refused = await own.cosmos(['report', run.id, '--to', full]);
		expect(refused).toMatchObject({code: 2, stderr: expect.stringContaining('is not empty')});
		expect(await own.cosmos(['report', run.id])).toMatchObject({code: 2});
		expect(await own.cosmos(['report', 'run_none', '--to', path.join(full, 'x')])).toMatchObject({
			code: 2,
		});
		expect((await readdir(full)).some(name => name.startsWith('x'))).toBe(false);
	});

	it('replaces an earlier report only with --force', async () => {
		const own = await openShell();
		onTestFinished(() => own.close());
		const run = await own.store.addRun(id => sampleRun(id));
		const to = path.join(own.folder, 'report');
		expect(await own.cosmos(['report', run.id, '--to', to])).toMatchObject({code: 0});
		const first = (await stat(path.join(to, 'index.html'))).ino;
		expect(await own.cosmos(['report', run.id, '--to', to])).toMatchObject({code: 2});
		expect(await own.cosmos(['report', run.id, '--to', to, '--force'])).toMatchObject({code: 0});
		expect((await stat(path.join(to, 'index.html'))).ino).not.toBe(first);
		expect((await readdir(own.folder)).filter(name => name.startsWith('report'))).toEqual([
			'report',
		]);
		await writeFile(path.join(to, 'notes.txt'), 'mine');
		const kept = await own.cosmos(['report', run.id, '--to', to, '--force']);
		expect(kept).toMatchObject({code: 2, stderr: expect.stringContaining('notes.txt')});
		expect(await readFile(path.join(to, 'notes.txt'), 'utf8')).toBe('mine');
	});

	it('never replaces a folder with a page of somebody else', async () => {
		const own = await openShell();
		onTestFinished(() => own.close());
		const run = await own.store.addRun(id => sampleRun(id));
		const page = path.join(own.folder, 'site', 'index.html');
		await mkdir(path.dirname(page));
		await writeFile(page, '<!doctype html><title>mine</title>');
		const words = ['report', run.id, '--to', path.dirname(page), '--force'];
		expect(await own.cosmos(words)).toMatchObject({code: 2});
		expect(await readFile(page, 'utf8')).toContain('mine');
	});
});
