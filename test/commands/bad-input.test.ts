import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runCosmos} from '../cosmos.js';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');
let folder: string;
let data: string;
let videos: string;

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-words-'));
	data = path.join(folder, 'data');
	videos = path.join(folder, 'videos');
	cpSync(sample, videos, {recursive: true});
	const {code, stderr} = await cosmos('create', 'prompt', 'A street', videos, '--name', 'street');
	expect(stderr).toContain('color');
	expect(code).toBe(0);
});

afterAll(() => {
	rmSync(folder, {recursive: true, force: true});
});

function cosmos(...words: string[]) {
	return runCosmos([...words, '--data', data], {
		cwd: folder,
		env: {HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'etc')},
	});
}

/** Every file of the data folder with its content. */
function everything(): Record<string, string> {
	const files = readdirSync(data, {recursive: true, withFileTypes: true, encoding: 'utf8'});
	return Object.fromEntries(
		files
			.filter(entry => entry.isFile())
			.map(entry => path.join(entry.parentPath, entry.name))
			.map(file => [file, readFileSync(file, 'latin1')]),
	);
}

const inference = (...words: string[]) => ['inference', 'latest', ...words];

describe('bad input prints one clear message, exits with the documented code, and changes nothing', () => {
	it.each<[string, string[], number, string, string]>([
		['an unknown verb', ['lst'], 2, 'there is no verb "lst"', 'cosmos list'],
		['an unknown flag', inference('--stps', '3'), 2, 'has no flag --stps', '--steps'],
		['a flag without its value', inference('--host'), 2, '--host needs a value', '--help'],
		['no id', ['inference'], 2, 'needs: ID', '--help'],
		['a word too many', ['show', 'a', 'b'], 2, 'does not take the argument "b"', 'Quote'],
		['an unknown prompt', ['inference', 'ps_zzz'], 2, 'no prompt "ps_zzz"', 'Closest: ps_'],
		['an unknown run', ['show', 'run_zzz'], 2, 'no run "run_zzz"', 'There are no runs yet'],
		['no run yet', ['logs', 'latest'], 2, 'there are no runs yet', ''],
		[
			'a weight above 1',
			inference('--weights', '0', '0', '0', '1.5'),
			2,
			'--seg must be 0 to 1, not 1.5',
			'',
		],
		[
			'a negative weight',
			inference('--weights', '0', '-1', '0', '1'),
			2,
			'--edge must be 0 to 1, not -1',
			'',
		],
		['three weights', inference('--weights', '0', '1', '0'), 2, '--weights needs 4 numbers', ''],
		['weights all 0', inference('--weights', '0', '0', '0', '0'), 2, 'all weights are 0', ''],
		[
			'a weight that is no number',
			inference('--vis', 'much'),
			2,
			'--vis must be a number, not "much"',
			'',
		],
		[
			'steps out of range',
			inference('--steps', '0'),
			2,
			'--steps must be 1 to 200, not 0',
			'default is 35',
		],
		[
			'part of a step',
			inference('--steps', '1.5'),
			2,
			'--steps must be a whole number, not 1.5',
			'',
		],
		['a wrong choice', inference('--blur', 'hard'), 2, '--blur must be one of none', ''],
		[
			'distilled with depth',
			inference('--model', 'transfer1', '--distilled'),
			2,
			'--distilled: works with edge alone',
			'',
		],
		[
			'an unknown host',
			inference('--host', 'dmo'),
			3,
			'host "dmo" is not in the config',
			'Did you mean "demo"',
		],
		['an empty text', ['create', 'prompt', '  ', '.'], 2, 'the prompt text is empty', ''],
		[
			'a folder that is not there',
			['create', 'prompt', 'x', 'nowhere'],
			2,
			'there is no such folder',
			'color.mp4',
		],
		[
			'a folder without a video',
			['create', 'prompt', 'x', '.'],
			2,
			'has no video and no image',
			'color.mp4',
		],
		[
			'a bad name',
			['create', 'prompt', 'x', 'videos', '--name', '../x'],
			2,
			'is not a valid prompt',
			'letters',
		],
		[
			'a text file that is not there',
			['create', 'prompt', '@gone.txt', 'videos'],
			2,
			'gone.txt',
			'@',
		],
		[
			'a thing that cannot be made',
			['create', 'run', 'x', 'videos'],
			2,
			'cannot create a "run"',
			'prompt',
		],
		[
			'a thing that cannot be listed',
			['list', 'jobs'],
			2,
			'cannot list "jobs"',
			'prompts, runs, sweeps, trash, recipes',
		],
		['an unknown status', ['list', 'runs', '--status', 'done'], 2, 'no status "done"', 'completed'],
		[
			'a limit that is no number',
			['list', 'runs', '--limit', 'x'],
			2,
			'--limit must be a whole number',
			'',
		],
		[
			'a limit in hexadecimal',
			['search', 'x', '--limit', '0x10'],
			2,
			'--limit must be a whole',
			'',
		],
		['a setting in hexadecimal', inference('--seed', '0x10'), 2, '--seed must be a number', ''],
		['a folder for a text', ['create', 'prompt', '@videos', 'videos'], 2, 'is a folder', '@'],
		['a folder for an archive', ['import', 'videos'], 2, 'videos is a folder', 'cosmos export'],
		['no prompt to enhance', ['prompt-enhance'], 2, 'needs: ID', '--help'],
		['an unknown prompt to enhance', ['prompt-enhance', 'ps_zzz'], 2, 'no prompt "ps_zzz"', ''],
		[
			'a time limit of an enhancement out of range',
			['prompt-enhance', 'latest', '--time-limit', '1'],
			2,
			'--time-limit must be 10',
			'default is 3600',
		],
		[
			'a flag that an enhancement has not',
			['prompt-enhance', 'latest', '--steps', '3'],
			2,
			'has no flag --steps',
			'',
		],
		['nothing to upscale', ['upscale'], 2, 'needs: RUN|VIDEO', '--help'],
		['two things to upscale', ['upscale', 'a', 'b'], 2, 'does not take the argument "b"', ''],
		['an unknown run to upscale', ['upscale', 'run_zzz'], 2, 'no run "run_zzz"', ''],
		['no run to upscale yet', ['upscale', 'latest'], 2, 'there are no runs yet', ''],
		[
			'a video to upscale that is not there',
			['upscale', 'videos/gone.mp4'],
			2,
			'there is no file ',
			'gone.mp4',
		],
		[
			'a file to upscale that is no video',
			['upscale', 'videos/prompt.txt'],
			2,
			'cannot be read as a video',
			'',
		],
		[
			'a weight of the upscaler above 1',
			['upscale', 'videos/color.mp4', '--weight', '2'],
			2,
			'--weight must be 0 to 1, not 2',
			'default is 0.5',
		],
		[
			'an empty text for the upscaler',
			['upscale', 'videos/color.mp4', '--prompt', ' '],
			2,
			'the text for the upscaler is empty',
			'needs no text',
		],
		[
			'an unknown host for an upscale',
			['upscale', 'videos/color.mp4', '--host', 'dmo'],
			3,
			'host "dmo" is not in the config',
			'Did you mean "demo"',
		],
		['the dashboard without a terminal', ['ui'], 2, 'needs a terminal', 'cosmos demo'],
	])('%s', async (_name, words, code, message, hint) => {
		const before = everything();
		const ended = await cosmos(...words);
		expect(ended.stderr).toContain(message);
		expect(ended.stderr).toContain(hint);
		expect(ended.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
		expect(ended.stdout).toBe('');
		expect(ended.code).toBe(code);
		expect(everything()).toEqual(before);
	});

	it('an input that was removed after the prompt was created', async () => {
		const shots = path.join(folder, 'shots');
		cpSync(sample, shots, {recursive: true});
		const {stdout} = await cosmos('create', 'prompt', 'Gone soon', shots);
		rmSync(path.join(shots, 'color.mp4'));
		const ended = await cosmos('inference', stdout.trim());
		expect(ended.stderr).toContain(`an input of gone-soon is missing: there is no file ${shots}`);
		expect(ended.code).toBe(2);
	});

	it('a configuration with a wrong key, with file and line', async () => {
		const file = path.join(folder, 'cosmos.toml');
		writeFileSync(file, '[hosts.h]\nssh = "h"\nremote_dirr = "x"\n');
		try {
			const ended = await cosmos('list', 'runs');
			expect(ended.stderr).toBe(
				`cosmos: ${file}:3: unknown key "remote_dirr"\n  Did you mean "remote_dir"?\n`,
			);
			expect(ended.code).toBe(3);
		} finally {
			rmSync(file);
		}
	});

	it('a data folder that is a file', async () => {
		const file = path.join(folder, 'a-file');
		writeFileSync(file, '');
		const ended = await runCosmos(['create', 'prompt', 'x', videos, '--data', file], {
			env: {HOME: folder},
		});
		expect(ended.stderr).toContain(file);
		expect(ended.stderr).not.toContain('internal');
		expect(ended.code).toBe(6);
	});
});

describe('help', () => {
	it('lists every verb', async () => {
		const {stdout, code} = await cosmos('--help');
		expect(code).toBe(0);
		for (const verb of [
			'create',
			'prompt-enhance',
			'upscale',
			'inference',
			'list',
			'show',
			'logs',
			'status',
			'kill',
			'kill-all',
		]) {
			expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
		}
	});

	it.each([
		'create',
		'prompt-enhance',
		'upscale',
		'inference',
		'list',
		'show',
		'logs',
		'status',
		'kill',
		'kill-all',
		'config',
		'ui',
	])('explains %s with an example', async verb => {
		const {stdout, code} = await cosmos(verb, '--help');
		expect(code).toBe(0);
		expect(stdout).toMatch(/Examples\n {2}cosmos/);
	});
});

describe('texts', () => {
	it('are stored unchanged, whatever they contain', async () => {
		const text = `"quotes" 'and' $(touch ${folder}/owned) \`x\` \\ \n second line; emoji 🌆 ${'long '.repeat(4000)}end`;
		const file = path.join(folder, 'text.txt');
		writeFileSync(file, text);
		const made = await cosmos('create', 'prompt', `@${file}`, videos, '--name', 'awkward');
		expect(made.code).toBe(0);
		const shown = await cosmos('show', made.stdout.trim(), '--json');
		expect(JSON.parse(shown.stdout).text).toBe(text);
		mkdirSync(path.join(folder, 'etc'), {recursive: true});
		expect(readdirSync(folder)).not.toContain('owned');
	});
});
