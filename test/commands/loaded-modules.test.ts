import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it} from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');

type Metafile = {outputs: Record<string, {inputs: Record<string, unknown>}>};

const reportLoaded = `
import {registerHooks} from 'node:module';
import {appendFileSync} from 'node:fs';
registerHooks({load(url, context, next) {
	appendFileSync(process.env.LOADED_FILE, url + '\\n');
	return next(url, context);
}});`;

/** The packages whose code the built program loads for a call. */
function packagesLoadedBy(words: readonly string[]): Set<string> {
	const folder = mkdtempSync(path.join(tmpdir(), 'cosmos-loaded-'));
	const list = path.join(folder, 'loaded');
	try {
		execFileSync(
			process.execPath,
			[
				'--import',
				`data:text/javascript,${encodeURIComponent(reportLoaded)}`,
				path.join(root, 'dist', 'cli.js'),
				...words,
				'--data',
				path.join(folder, 'data'),
			],
			{env: {...process.env, LOADED_FILE: list}},
		);
		const metafile = JSON.parse(
			readFileSync(path.join(root, 'dist', 'metafile.json'), 'utf8'),
		) as Metafile;
		const files = readFileSync(list, 'utf8')
			.split('\n')
			.filter(url => url.startsWith('file:'))
			.map(url => path.relative(root, new URL(url).pathname));
		const inputs = files.flatMap(file => [
			file,
			...Object.keys(metafile.outputs[file]?.inputs ?? {}),
		]);
		return new Set(inputs.map(packageOf).filter(name => name !== undefined));
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}

function packageOf(file: string): string | undefined {
	return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}

it('finds the packages in the bundle', () => {
	expect(packagesLoadedBy(['list', 'runs'])).toContain('fastest-levenshtein');
});

it.each([
	['list runs', ['list', 'runs']],
	['list prompts', ['list', 'prompts', '--json']],
	['config', ['config']],
])('loads neither ink, react nor ssh2 for `cosmos %s`', (_name, words) => {
	const loaded = packagesLoadedBy(words);
	for (const name of ['ink', 'react', 'react-reconciler', 'ssh2', 'mediabunny']) {
		expect(loaded).not.toContain(name);
	}
});

it('loads no schemas for a configuration without files', () => {
	expect(packagesLoadedBy(['config'])).not.toContain('zod');
});

it.each([
	['--help', ['--help']],
	['completion words', ['completion', 'words', 'show', '']],
	['completion bash', ['completion', 'bash']],
])('loads no package but the one for mistyped words for `cosmos %s`', (_name, words) => {
	expect([...packagesLoadedBy(words)]).toEqual(['fastest-levenshtein']);
});

it('loads the full parser only for words that need it', () => {
	expect(packagesLoadedBy(['list', 'runs', '--limit', '5'])).not.toContain('meow');
	expect(packagesLoadedBy(['list', 'runs', '--no-json'])).not.toContain('meow');
	expect(packagesLoadedBy(['list', 'runs', '--limit', '-0'])).toContain('meow');
});

it('is written in ASCII: one other character, and V8 uses two bytes for each', () => {
	const dist = path.join(root, 'dist');
	const files = readdirSync(dist, {recursive: true, encoding: 'utf8'}).filter(
		file => file.endsWith('.js') && file !== 'simulator.js',
	);
	const others = files.filter(file => readFileSync(path.join(dist, file)).some(byte => byte > 127));
	expect(files).toContain('dashboard.js');
	expect(others).toEqual([]);
});
