import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {commonFlags, type Flag, type Verb} from '../../source/commands/verb.js';
import {verbs} from '../../source/commands/verbs.js';
import {exitCodes} from '../../source/domain/error-codes.js';
import {flagName} from '../../source/domain/settings/settings.js';
import {type Answer, addFinished, openShell, type Shell} from './in-process.js';

const every = verbs.flatMap(verb => (verb.parts?.length ? verb.parts : [verb]));

/** Words that no verb can do anything good with. */
const hostile = [
	'../../../etc/passwd',
	'$(touch owned)`touch owned`;touch owned',
	'%s%n',
	'a\u0000b',
	'\u001b[2J\u0007\r',
	'NaN',
	'1e309',
	'{"__proto__":1}',
	'﷽'.repeat(50),
	'x'.repeat(100_000),
	'line\nline\n\tat line (file.js:1:1)',
];

let shell: Shell;

beforeAll(async () => {
	shell = await openShell();
	await addFinished(shell.store);
});

afterAll(() => shell.close());

/** Every file of a folder with its content. */
function contentOf(folder: string): string[] {
	return readdirSync(folder, {recursive: true, withFileTypes: true, encoding: 'utf8'})
		.filter(entry => entry.isFile())
		.map(entry => path.join(entry.parentPath, entry.name))
		.map(file => `${file}\n${readFileSync(file, 'latin1')}`)
		.sort();
}

/** Problems in the way an invalid call was rejected; empty if there are none. */
function faultIn(words: readonly string[], {code, stdout, stderr}: Answer): string[] {
	const call = words.map(word => JSON.stringify(word.slice(0, 60))).join(' ');
	const lines = stderr.trimEnd().split('\n');
	return [
		code === exitCodes.internal && 'is called a fault of the program',
		!Object.values(exitCodes).includes(code as never) && `ends with ${code}`,
		lines.length > 2 && `says ${lines.length} lines`,
		!lines[0]?.startsWith('cosmos: ') && 'does not say what is wrong',
		/\n\s+at .*:\d+:\d+/.test(stderr) && 'shows a stack',
		// Control characters of a word must not reach a terminal.
		/[\u0000-\u0008\u000b-\u001f]/.test(stderr) && 'prints control characters',
		stdout !== '' && 'prints data',
	]
		.filter(fault => fault !== false)
		.map(fault => `${call}: ${fault}: ${stderr.slice(0, 300)}`);
}

async function faultsOf(calls: ReadonlyArray<readonly string[]>): Promise<string[]> {
	const faults: string[] = [];
	for (const words of calls) {
		faults.push(...faultIn(words, await shell.cosmos(words)));
	}

	return faults;
}

const head = ({name}: Verb) => name.split(' ');
const isText = ({kind}: Flag) => kind === 'text';

/** As many words as the verb needs at least, each of them hostile; a verb's own words stay. */
function badWords({name, args: [least]}: Verb, word: string): string[] {
	if (name === 'create') {
		return ['prompt', word, path.join(shell.folder, word.slice(0, 50))];
	}

	// It would write to any name: a folder is none.
	return name === 'export' ? [shell.folder, word] : Array.from({length: least}, () => word);
}

describe.each(every.map(verb => [verb.name, verb] as const))('cosmos %s refuses', (_name, verb) => {
	/** Calls that must be refused, whatever the verb does; one line each and nothing changed. */
	async function expectRefused(calls: ReadonlyArray<readonly string[]>): Promise<void> {
		const before = contentOf(shell.folder);
		expect(await faultsOf(calls)).toEqual([]);
		expect(contentOf(shell.folder)).toEqual(before);
	}

	it('unknown flags', async () => {
		await expectRefused(
			['--no-such-flag', '--no-such=x', '-Z', '---', '--=', '--__proto__', '--constructor=1'].map(
				flag => [...head(verb), flag],
			),
		);
	});

	it('flags without a value, or with two values', async () => {
		const flags = verb.flags.filter(isText).map(({key}) => flagName(key));
		await expectRefused([
			...flags.map(flag => [...head(verb), flag]),
			...flags.map(flag => [...head(verb), `${flag}=`]),
		]);
	});

	if (verb.args[0] > 0) {
		it('too few arguments', async () => {
			const [least] = verb.args;
			await expectRefused([
				head(verb),
				...Array.from({length: least - 1}, (_, index) => [
					...head(verb),
					...Array.from({length: index + 1}, () => 'prompt'),
				]),
			]);
		});
	}

	if (verb.args[1] < Number.POSITIVE_INFINITY) {
		it('too many arguments', async () => {
			const [, most] = verb.args;
			await expectRefused(
				hostile.map(word => [...head(verb), ...Array.from({length: most + 1}, () => word)]),
			);
		});
	}

	if (verb.args[0] > 0 && verb.name !== 'search') {
		it('hostile arguments', async () => {
			await expectRefused([
				...hostile.map(word => [...head(verb), ...badWords(verb, word)]),
				...hostile.map(word => [...head(verb), '--', ...badWords(verb, word)]),
			]);
		});
	}

	if (verb.args[0] > 0 || verb.flags.some(isText)) {
		it('hostile values of flags', async () => {
			const calls = verb.flags.filter(isText).flatMap((flag, index) =>
				[0, 1, 2].map(step => {
					const value = hostile[(3 * index + step) % hostile.length] as string;
					const values = Array.from({length: flag.count ?? 1}, () => value);
					return [...head(verb), ...badWords(verb, 'no-such'), flagName(flag.key), ...values];
				}),
			);
			// A search finds, and ends, as it is asked to; the same with what others only limit.
			await expectRefused(verb.name === 'search' ? [] : calls);
		});
	}
});

describe('every flag', () => {
	it('rejects an impossible folder or file', async () => {
		const faults: string[] = [];
		const unusable = [
			...hostile.filter(word => /[\u0000]/.test(word)),
			path.join(shell.folder, 'x'.repeat(300)),
		];
		for (const value of unusable) {
			for (const words of [
				['list', 'runs', '--config', value],
				['rate', 'latest', '1', '--data', value],
			]) {
				faults.push(...faultIn(words, await shell.cosmos(words, {bare: true})));
			}
		}

		expect(faults).toEqual([]);
	});

	it('has help, and no flag occurs twice', () => {
		for (const {name, flags} of every) {
			const keys = [...flags, ...commonFlags].map(({key}) => key);
			expect(new Set(keys).size, name).toBe(keys.length);
			expect(
				flags.filter(({help}) => help === ''),
				name,
			).toEqual([]);
		}
	});
});

describe('--debug', () => {
	it('is the only flag that shows the stack', async () => {
		expect((await shell.cosmos(['show', 'x'])).stderr).not.toMatch(/\n\s+at /);
		expect((await shell.cosmos(['show', 'x', '--debug'])).stderr).toMatch(/\n\s+at /);
	});
});

describe('--quiet', () => {
	it('prints only results and errors', async () => {
		expect(await shell.cosmos(['rate', 'latest', '3', '--quiet'])).toEqual({
			code: 0,
			stdout: '',
			stderr: '',
		});
		expect((await shell.cosmos(['rate', 'x', '3', '-q'])).stderr).toContain('no run "x"');
	});
});

describe('a table', () => {
	it('fits the terminal, and is complete in a pipe', async () => {
		const {stdout} = await shell.cosmos(['list', 'runs'], {columns: 60});
		const lines = stdout.trimEnd().split('\n');
		expect(lines[0]).toMatch(/^ID {2,}CREA/);
		expect(Math.max(...lines.map(line => line.length))).toBeLessThan(60);
		expect((await shell.cosmos(['list', 'runs'])).stdout).toContain('\tcity-street-at-night\t');
	});
});

it('leaves no files of hostile arguments in the working folder', () => {
	expect(readdirSync(process.cwd())).not.toContain('owned');
});
