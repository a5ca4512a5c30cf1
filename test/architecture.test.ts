import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';

/** The layers, and which others each may import. Imports only go down; see docs/architecture.md. */
const layers: Readonly<Record<string, readonly string[]>> = {
	domain: [],
	package: [],
	machine: ['domain'],
	simulator: ['domain'],
	enhancer: ['domain'],
	config: ['domain', 'executor'],
	executor: ['domain', 'machine', 'package'],
	store: ['domain', 'machine'],
	queue: ['domain', 'machine', 'executor', 'store'],
	workflow: ['domain', 'machine', 'config', 'executor', 'store', 'queue', 'package'],
	state: ['domain', 'workflow', 'executor'],
	components: ['domain', 'state'],
	screens: ['domain', 'config', 'workflow', 'executor', 'store', 'state', 'components'],
	terminal: ['domain', 'state', 'screens', 'package'],
	commands: ['domain', 'config', 'workflow', 'executor', 'store', 'queue', 'package'],
	library: ['domain', 'config', 'workflow', 'executor', 'queue', 'package'],
	call: ['domain', 'commands'],
	program: ['commands', 'call'],
	dashboard: [
		'commands',
		'config',
		'domain',
		'workflow',
		'store',
		'state',
		'components',
		'screens',
		'terminal',
		'call',
	],
	cli: ['commands', 'program', 'dashboard'],
};

/** The layers of the files at the top of `source`. */
const topFiles: Readonly<Record<string, string>> = {
	'cli.ts': 'cli',
	'program.ts': 'program',
	'run-call.ts': 'call',
	'index.ts': 'library',
	'package-root.ts': 'package',
};

const root = path.join(import.meta.dirname, '..');
const files = ['source', 'simulator']
	.flatMap(folder =>
		readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'}).map(file =>
			path.posix.join(folder, file.replaceAll(path.sep, '/')),
		),
	)
	.filter(file => /\.tsx?$/.test(file));

function textOf(file: string): string {
	return readFileSync(path.join(root, file), 'utf8');
}

/** The source files that a file imports, statically, dynamically or as types. */
function importsOf(file: string): string[] {
	const found = textOf(file).matchAll(/(?:from\s+|import\(\s*|import\s+)'(\.[^']+)'/g);
	return [...found].map(([, name]) => {
		const target = path.posix.join(path.posix.dirname(file), name as string);
		const names = [target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx')];
		return names.find(candidate => files.includes(candidate)) ?? `missing: ${target}`;
	});
}

function layerOf(file: string): string {
	const inside = file.replace(/^source\//, '');
	return inside.includes('/') ? (inside.split('/')[0] as string) : (topFiles[inside] ?? 'unknown');
}

it('finds the source', () => {
	expect(files.length).toBeGreaterThan(50);
	expect(files.flatMap(importsOf).length).toBeGreaterThan(100);
});

it('has every file in a layer', () => {
	expect(files.filter(file => !(layerOf(file) in layers))).toEqual([]);
});

it('imports only downwards', () => {
	const upward = files.flatMap(file =>
		importsOf(file)
			.filter(target => {
				const [from, to] = [layerOf(file), layerOf(target)];
				return from !== to && !layers[from]?.includes(to);
			})
			.map(target => `${file} -> ${target}`),
	);
	expect(upward).toEqual([]);
});

it('lets the configuration import only the table of engines, which loads none of them', () => {
	const seen = files
		.filter(file => file.startsWith('source/config/'))
		.flatMap(importsOf)
		.filter(target => target.startsWith('source/executor/'));
	expect(new Set(seen)).toEqual(
		new Set(['source/executor/engine/engine-kind.ts', 'source/executor/engine/engines.ts']),
	);
});

it('has no cycle of imports', () => {
	const cycles: string[] = [];
	const done = new Set<string>();
	const visit = (file: string, trail: readonly string[]) => {
		if (trail.includes(file)) {
			cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
		} else if (!done.has(file)) {
			for (const target of importsOf(file)) {
				visit(target, [...trail, file]);
			}

			done.add(file);
		}
	};

	for (const file of files) {
		visit(file, []);
	}

	expect(cycles).toEqual([]);
});

it('has no module over 400 lines and no component over 150', () => {
	const long = files.filter(file => {
		const lines = textOf(file).trimEnd().split('\n').length;
		return lines > (file.startsWith('source/components/') ? 150 : 400);
	});
	expect(long).toEqual([]);
});

it('imports zod as a namespace: the object `z` includes all of zod, with every language', () => {
	expect(files.filter(file => /import \{.*\bz\b.*\} from 'zod'/.test(textOf(file)))).toEqual([]);
});
