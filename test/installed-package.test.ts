import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

const root = path.join(import.meta.dirname, '..');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
/** Uses what the library gives, and is wrong where the types have to say so. */
const consumer = `
import {CosmosError, createWorkflow, exitCodes, type Prompt, type Run, type Workflow} from 'cosmos-workflow';

const [data, videoDir] = process.argv.slice(2) as [string, string];
const workflow: Workflow = await createWorkflow({dataDir: data});
const prompt: Prompt = await workflow.createPrompt({text: 'A street at night', videoDir});
const run: Run = await workflow.launch({promptId: prompt.id, settings: {steps: 2}}, {
	onChange: changed => console.log(changed.status),
});
if (run.status === 'completed') {
	console.log(run.outputs.map(({name}) => name).join(' '), exitCodes.usage);
}

// @ts-expect-error A run that has not completed has no outputs.
console.log(typeof run.outputs);
// @ts-expect-error A weight is a number.
await workflow.launch({promptId: prompt.id, settings: {edge: 'strong'}}).catch((error: unknown) => {
	console.log(error instanceof CosmosError && error.message);
});
await workflow.close();
`;

let folder: string;
let project: string;

/** Runs a program in the project, without anything of this checkout in its environment. */
function call(file: string, ...words: string[]) {
	const {stdout, stderr, status} = spawnSync(file, words, {
		cwd: project,
		encoding: 'utf8',
		env: {PATH: process.env.PATH, HOME: folder, COSMOS_SIMULATE_STEP: '0'},
	});
	return {stdout, stderr, status};
}

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-package-'));
	project = path.join(folder, 'project');
	mkdirSync(project);
	const npm = (cwd: string, ...words: string[]) => {
		const {stdout, stderr, status} = spawnSync('npm', [...words, '--loglevel=error'], {
			cwd,
			encoding: 'utf8',
		});
		expect(status, stderr).toBe(0);
		return stdout;
	};
	// The program is built already: other tests run it.
	const packed = npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
	const [{filename}] = JSON.parse(packed);

	// What the package needs comes from here and not from the network.
	const {dependencies} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
	const linked = (names: readonly string[]) =>
		Object.fromEntries(names.map(name => [name, `file:${path.join(root, 'node_modules', name)}`]));
	writeFileSync(
		path.join(project, 'package.json'),
		JSON.stringify({
			type: 'module',
			dependencies: {'cosmos-workflow': `file:../${filename}`},
			devDependencies: linked(['@types/node']),
			overrides: linked(Object.keys(dependencies)),
		}),
	);
	npm(project, 'install', '--offline', '--no-audit', '--no-fund');
});

afterAll(() => rmSync(folder, {recursive: true, force: true}));

describe('the packed package, installed into an empty project', () => {
	it('compiles with a TypeScript program that uses it, and runs', () => {
		writeFileSync(path.join(project, 'consumer.ts'), consumer);
		const flags = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
		const compiled = call(process.execPath, tsc, ...flags, '--outDir', 'out', 'consumer.ts');
		expect(compiled).toEqual({stdout: '', stderr: '', status: 0});

		const samples = path.join(project, 'node_modules', 'cosmos-workflow', 'samples', 'city-night');
		const ran = call(process.execPath, 'out/consumer.js', path.join(folder, 'data'), samples);
		expect(ran.stderr).toBe('');
		expect(ran.status).toBe(0);
		expect(ran.stdout).toMatch(/^pending\nuploading\nstarting\nrunning\n/);
		expect(ran.stdout.split('\n').slice(-4)).toEqual([
			expect.stringMatching(/\bvision\.mp4\b.* 2$/),
			'object',
			expect.stringContaining('edge'),
			'',
		]);
	});

	it('compiles the example of the documentation', () => {
		const example = readFileSync(path.join(root, 'docs', 'library-example.ts'), 'utf8');
		writeFileSync(path.join(project, 'example.ts'), example);
		const flags = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
		expect(call(process.execPath, tsc, ...flags, '--noEmit', 'example.ts')).toEqual({
			...{stdout: '', stderr: ''},
			status: 0,
		});
	});

	it('puts the command on the path, which runs the demo', () => {
		const command = path.join(project, 'node_modules', '.bin', 'cosmos');
		const demo = call(command, 'demo', '--data', path.join(folder, 'demo'));
		expect(demo.status, demo.stderr).toBe(0);
		const video =
			demo.stdout
				.split(/[\t\n]/)
				.find(word => path.isAbsolute(word) && word.endsWith('vision.mp4')) ?? '';
		expect(existsSync(video)).toBe(true);
	});
});
