/** What `npm pack` puts into the package. */
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {bundledPackages, type Metafile} from '../scripts/third-party.mjs';

const root = path.join(import.meta.dirname, '..');

type Packed = {path: string; size: number; mode: number};

let files: Packed[];

beforeAll(() => {
	const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: root,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
	files = (JSON.parse(answer) as Array<{files: Packed[]}>)[0]?.files ?? [];
});

const names = () => files.map(file => file.path);

describe('the package', () => {
	it('contains the programs, the samples and the documentation, and nothing else', () => {
		const expected = [
			/^(?:LICENSE|README\.md|package\.json)$/,
			/^dist\/(?:cli|program|dashboard|index|simulator|supervisor|encoder|enhancer|report)\.js$/,
			/^dist\/report\.css$/,
			/^dist\/chunks\/[\w-]+\.js$/,
			/^dist\/types\/(?:[\w-]+\/)*[\w-]+\.d\.ts$/,
			/^dist\/THIRD-PARTY-LICENSES\.txt$/,
			/^samples\/[\w-]+\/[\w-]+\.(?:mp4|txt)$/,
			/^docs\/(?:[\w-]+\.md|library-example\.ts)$/,
			/^docs\/dashboard\.svg$/,
			/^docs\/screens\/[\w-]+\.(?:txt|md|ansi)$/,
			/^docs\/screens\/choosing\/[\w-]+\.(?:svg|jpg)$/,
			/^man\/cosmos\.1$/,
		];
		expect(names().filter(name => !expected.some(pattern => pattern.test(name)))).toEqual([]);
		expect(expected.filter(pattern => !names().some(name => pattern.test(name)))).toEqual([]);
	});

	it('contains every program that package.json and the programs refer to', () => {
		const {bin, exports, man} = JSON.parse(
			readFileSync(path.join(root, 'package.json'), 'utf8'),
		) as {bin: Record<string, string>; exports: Record<string, unknown>; man: string};
		const named = [...Object.values(bin), man, ...textsIn(exports)];
		const programs = [
			'cli',
			'program',
			'dashboard',
			'index',
			'simulator',
			'supervisor',
			'encoder',
			'enhancer',
		];
		expect(names()).toEqual(
			expect.arrayContaining([
				...named.map(name => path.posix.normalize(name)),
				...programs.map(name => `dist/${name}.js`),
			]),
		);
	});

	it('contains every chunk that its programs load', () => {
		const programs = names().filter(name => /^dist\/.*\.js$/.test(name));
		const loaded = programs.flatMap(name =>
			[
				...readFileSync(path.join(root, name), 'utf8').matchAll(
					/["'](\.[\w./-]+-[A-Z0-9]{8}\.js)["']/g,
				),
			].map(([, target]) => path.posix.join(path.posix.dirname(name), target as string)),
		);
		expect(loaded.length).toBeGreaterThan(20);
		expect(loaded.filter(name => !programs.includes(name))).toEqual([]);
	});

	it('can be started by its command name', () => {
		const cli = path.join(root, 'dist', 'cli.js');
		expect(readFileSync(cli, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
		expect(statSync(cli).mode & 0o111).toBe(process.platform === 'win32' ? 0 : 0o111);
	});

	it('contains no file that others than its owner can write', () => {
		expect(files.filter(({mode}) => (mode & 0o022) !== 0)).toEqual([]);
	});

	it('contains every picture that its pages show, and links only to files that exist', () => {
		const pages = names().filter(name => name.endsWith('.md'));
		const links = pages.flatMap(page =>
			[
				...readFileSync(path.join(root, page), 'utf8').matchAll(
					/(!?)\[[^\]]*\]\((?!https?:|#)([^)#\s]+)/g,
				),
			].map(([, picture, target]) => ({
				isPicture: picture === '!',
				file: path.posix.join(path.posix.dirname(page), target as string),
			})),
		);
		const pictures = links.filter(({isPicture}) => isPicture).map(({file}) => file);
		expect(pictures.length).toBeGreaterThan(3);
		expect(pictures.filter(file => !names().includes(file))).toEqual([]);
		expect(links.filter(({file}) => !existsSync(path.join(root, file)))).toEqual([]);
	});

	it('contains no path of the build machine', () => {
		const telling = names().filter(name =>
			readFileSync(path.join(root, name), 'latin1').includes(`${root}${path.sep}`),
		);
		expect(telling).toEqual([]);
	});
});

describe('the licences of bundled packages', () => {
	const text = () => readFileSync(path.join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
	const metafile = () =>
		JSON.parse(readFileSync(path.join(root, 'dist', 'metafile.json'), 'utf8')) as Metafile;

	it('exist for every bundled package', () => {
		const packages = bundledPackages(metafile()).map(
			folder =>
				JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as {
					name: string;
					version: string;
				},
		);
		// One of the dashboard, one of the simulator, one of a picture's encoder.
		expect(packages.map(({name}) => name)).toEqual(
			expect.arrayContaining(['ink', 'h264-mp4-encoder', 're2js']),
		);
		expect(
			packages.filter(({name, version}) => !text().includes(`\n${name} ${version}\n`)),
		).toEqual([]);
	});

	it('name the copyright holder, the licence and the source', () => {
		const parts = text()
			.split(`\n${'-'.repeat(80)}\n\n`)
			.slice(1);
		expect(parts.length).toBeGreaterThan(40);
		const wanted = [/^License: \S/m, /^Source: https?:\/\/\S+$/m, /copyright|public license/i];
		expect(parts.filter(part => wanted.some(pattern => !pattern.test(part)))).toEqual([]);
	});
});

/** Every text in a value of package.json, however deep. */
function textsIn(value: unknown): string[] {
	return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(textsIn);
}
