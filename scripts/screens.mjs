// `npm run screens`: opens the built dashboard on the demo host in a terminal, goes to each screen and
// writes what a person would see to docs/screens/NAME-80x24.txt and NAME-120x40.txt. The data is made
// anew each time; ids, times, rates and hashes are replaced, so that two calls give the same files.
// The picture of the README, docs/dashboard.svg, is made of one of them; those of docs/choosing.md are the contact
// sheet of a dataset, a comparison, and its report in Chromium, all in docs/screens/choosing. Words after
// `npm run screens --` are names of screens, or `choosing`: only those are made.
import {execFileSync, spawn} from 'node:child_process';
import {cpSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import '../test/chaos/register.mjs';
import {chromium} from 'playwright-core';
import {masked, restartIds} from './mask-screen.mjs';
import {allScreens, picturedScreens} from './screen-list.mjs';
import {screenSvg} from './screen-svg.mjs';

const {openTerminal} = await import('../test/pty/terminal.ts');

const root = path.join(import.meta.dirname, '..');
const program = path.join(root, 'dist', 'cli.js');
const target = path.join(root, 'docs', 'screens');
/** The screen that the README shows, and its size. */
const pictured = {name: 'prompts', columns: 110, rows: 28};
// Of the same length everywhere: paths are a part of the screens.
const folder = '/tmp/cosmos-screens';
const sizes = [
	[80, 24],
	[120, 40],
];
/** Milliseconds without a byte after which a frame is the last one. */
const quiet = 400;

const environment = (data, config = 'config') => ({
	HOME: folder,
	XDG_CONFIG_HOME: `${folder}/${config}`,
	XDG_DATA_HOME: `${folder}/share`,
	COSMOS_DATA: `${folder}/${data}`,
	COSMOS_SIMULATE_STEP: '0',
	TZ: 'UTC',
});

const cosmos = (words, more = {}) =>
	execFileSync(process.execPath, [program, ...words], {
		cwd: folder,
		encoding: 'utf8',
		env: {...process.env, ...environment('data'), ...more},
		stdio: ['ignore', 'pipe', 'pipe'],
	}).trim();

/** A failed run ends with a code of its own; here that is what is wanted. */
function mayFail(words, more) {
	try {
		cosmos(words, more);
	} catch {}
}

/** Makes prompts, runs, a queue and a preset; returns the prompt with the most runs. */
function makeData() {
	const street =
		'A city street at night: neon light on wet asphalt, the camera moves slowly forward.';
	const dusk = 'A wide desert at dusk, long violet shadows, the last golden light on the dunes.';
	const create = (text, video, name) =>
		cosmos(['create', 'prompt', text, `${folder}/videos/${video}`, '--name', name]);
	create(dusk, 'desert-dusk', 'desert-dusk');
	create(street, 'city-night', 'city-night');
	const prompts = JSON.parse(cosmos(['list', 'prompts', '--json']));
	const [city, desert] = prompts.map(({id}) => id);
	cosmos(['inference', desert]);
	cosmos(['upscale', 'latest']);
	mayFail(['inference', city], {COSMOS_SIMULATE: 'oom'});
	cosmos(['inference', city, '--steps', '20', '--weights', '0', '0.5', '0.5', '0']);
	cosmos(['prompt-enhance', city]);
	cosmos(['rate', city, '4']);
	cosmos(['tag', city, '+keeper', '+rain']);
	cosmos(['note', city, 'flicker at the left edge with more than 30 steps']);
	const runs = JSON.parse(cosmos(['list', 'runs', '--json']));
	cosmos(['rate', runs[1].id, '5']);
	cosmos(['queue', 'pause']);
	cosmos(['queue', 'add', 'inference', city]);
	cosmos(['queue', 'add', 'prompt-enhance', desert]);
	cosmos(['queue', 'add', 'inference', desert]);
	cosmos(['presets', 'save', 'night', '--steps', '20', '--guidance', '7']);
	return city;
}

/** The data of `makeDataset`, apart from what the other screens show. */
const judged = {COSMOS_DATA: `${folder}/choosing`};

/** A dataset of six clips that somebody has judged; returns its id. */
function makeDataset() {
	const city = {folder: 'city-night', text: 'A city street at night, rain', name: 'city'};
	const desert = {
		...{folder: 'desert-dusk', text: 'A wide desert at dusk, violet shadows', name: 'desert'},
	};
	// Seeds with which the simulator's colours are like those of such places.
	const clips = [
		{...city, seed: 20, guidance: 3},
		{...desert, seed: 6, guidance: 7},
		{...city, seed: 2, guidance: 7},
		{...desert, seed: 16, guidance: 3},
		{...city, seed: 4, guidance: 5},
		{...desert, seed: 24, guidance: 5},
	];
	const rows = clips.map(row => JSON.stringify(row)).join('\n');
	writeFileSync(`${folder}/videos/shots.jsonl`, `${rows}\n`);
	const words = ['dataset', 'run', `${folder}/videos/shots.jsonl`, '-o', `${folder}/out.jsonl`];
	cosmos([...words, '--host', 'demo', '--steps', '4'], judged);
	const ids = JSON.parse(cosmos(['list', 'runs', '--json'], judged)).map(({id}) => id);
	for (const [index, stars] of [4, 2, 5, 3].entries()) {
		cosmos(['rate', ids[index], String(stars)], judged);
	}

	cosmos(['pick', ids[2]], judged);
	cosmos(['pick', ids[1], 'no'], judged);
	return JSON.parse(cosmos(['dataset', 'list', '--json'], judged))[0].id;
}

/** The pages of docs/choosing.md in colours, and the report of the same dataset in a browser. */
async function writePictures(dataset) {
	const place = path.join(target, 'choosing');
	mkdirSync(place, {recursive: true});
	restartIds();
	for (const {name, columns, rows, ...screen} of picturedScreens) {
		const svg = await shoot(screen, columns, rows, (text, terminal) =>
			screenSvg(terminal.buffer(), text),
		);
		writeFileSync(path.join(place, `${name}.svg`), svg);
		console.log(`choosing/${name}.svg`);
	}

	const report = `${folder}/report`;
	cosmos(['report', dataset, '--to', report, '--title', 'night'], judged);
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox'],
	});
	try {
		const page = await browser.newPage({viewport: {width: 800, height: 560}, colorScheme: 'dark'});
		const write = async name => {
			await page.screenshot({path: path.join(place, name), type: 'jpeg', quality: 70});
			console.log(`choosing/${name}`);
		};
		await page.goto(`file://${report}/index.html`);
		await page.waitForSelector('html[data-ready]');
		await page.waitForFunction(() =>
			[...document.images].every(one => one.complete && one.naturalWidth > 0),
		);
		await write('report.jpg');
		await page.locator('.mark').nth(0).check();
		await page.locator('.mark').nth(2).check();
		await page.click('#compare');
		await page.click('button[data-mode="wipe"]');
		await page.waitForFunction(() => {
			const videos = [...document.querySelectorAll('.stage video')];
			return videos.length === 2 && videos.every(one => one.readyState === 4);
		});
		await write('report-wipe.jpg');
	} finally {
		await browser.close();
	}
}

/** The configuration of several hosts, of which one has several slots, and of a recipe. */
function makeSlots() {
	const host = (name, gpus) =>
		`[hosts.${name}]\nssh = "local"\nengine = "process"\nsimulated = true\ngpus = ${gpus}\nremote_dir = "${folder}/${name}"\n`;
	const recipe =
		'[recipes.depth]\ncommand = ["python", "depth.py", "{inputs}/color.mp4", "{outputs}", "{seed}"]\noutputs = ["*.mp4"]\n';
	mkdirSync(`${folder}/lanes/cosmos`, {recursive: true});
	writeFileSync(
		`${folder}/lanes/cosmos/config.toml`,
		`${host('h100', '[[0], [1, 2]]')}\n${host('a100', '[[0]]')}\n${recipe}`,
	);
}

/** Goes to one screen and gives its text, or what is made of it and its terminal. */
async function shoot(screen, columns, rows, made = text => text) {
	// What the last one has left; a first start has nothing at all.
	const left = screen.data === 'first' ? 'first' : `${screen.data ?? 'data'}/dashboard.json`;
	rmSync(`${folder}/${left}`, {recursive: true, force: true});
	const terminal = openTerminal({
		command: [process.execPath, program],
		columns,
		rows,
		cwd: folder,
		env: {...environment(screen.data ?? 'data', screen.config), COLORTERM: 'truecolor'},
	});
	let hasEnded = false;
	terminal.exited.then(() => {
		hasEnded = true;
	});
	try {
		await terminal.waitFor(/● ready[\s\S]*1 Prompts[^\n]* \d[\s\S]*2 Runs[^\n]* \d+ ─┤/);
		for (const step of screen.steps({small: columns < 90})) {
			if (typeof step === 'string') {
				terminal.send(step);
			} else {
				await terminal.waitFor(step);
			}
		}

		// A running run is never quiet: its spinner turns.
		for (let before = -1; !screen.going && before !== terminal.written(); ) {
			before = terminal.written();
			await new Promise(resolve => setTimeout(resolve, quiet));
		}

		if (hasEnded) {
			throw new Error(`the dashboard has ended:\n${terminal.screen()}`);
		}

		return made(masked(terminal.screen()), terminal);
	} finally {
		await terminal.close();
	}
}

/** A run that another program has going, at its first step, which takes an hour. */
async function withRunGoing(prompt, task) {
	const going = spawn(process.execPath, [program, 'inference', prompt], {
		cwd: folder,
		env: {...process.env, ...environment('data'), COSMOS_SIMULATE_STEP: '3600'},
		stdio: 'ignore',
	});
	try {
		await task();
	} finally {
		const ended = new Promise(resolve => {
			going.on('exit', resolve);
		});
		mayFail(['kill-all', '--yes']);
		await ended;
	}
}

const wanted = process.argv.slice(2);
const chosen = allScreens.filter(({name}) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter(
	name => name !== 'choosing' && !allScreens.some(screen => screen.name === name),
);
if (unknown.length > 0) {
	console.error(
		`screens: there is no ${unknown.join(', ')}; there is: ${['choosing', ...allScreens.map(({name}) => name)].join(', ')}`,
	);
	process.exit(2);
}

async function write(screens) {
	for (const screen of screens) {
		for (const [columns, rows] of sizes) {
			const name = `${screen.name}-${columns}x${rows}`;
			try {
				const text = await shoot(screen, columns, rows);
				writeFileSync(path.join(target, `${name}.txt`), `${text}\n`);
				console.log(name);
			} catch (error) {
				console.error(`${name}: ${error.message}`);
				process.exitCode = 1;
			}
		}
	}
}

rmSync(folder, {recursive: true, force: true});
mkdirSync(folder, {recursive: true});
cpSync(path.join(root, 'samples'), `${folder}/videos`, {recursive: true});
const city = chosen.length === 0 ? '' : makeData();
makeSlots();
try {
	if (wanted.length === 0) {
		rmSync(target, {recursive: true, force: true});
	}

	mkdirSync(target, {recursive: true});
	await write(chosen.filter(({going}) => !going));
	const screen = chosen.find(({name}) => name === pictured.name);
	if (screen) {
		const svg = await shoot(screen, pictured.columns, pictured.rows, (text, terminal) =>
			screenSvg(terminal.buffer(), text),
		);
		writeFileSync(path.join(root, 'docs', 'dashboard.svg'), svg);
	}

	const live = chosen.filter(({going}) => going);
	if (live.length > 0) {
		await withRunGoing(city, () => write(live));
	}

	if (wanted.length === 0 || wanted.includes('choosing')) {
		await writePictures(makeDataset());
	}
} finally {
	rmSync(folder, {recursive: true, force: true});
}
