/** The program started by a Node that is too old for it. */
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {nodeProblem} from '../../source/commands/check-node.js';
import {program} from '../cosmos.js';

const pretend = (version: string) =>
	`data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
const cosmos = (version: string, ...words: string[]) =>
	spawnSync(process.execPath, ['--import', pretend(version), program, ...words], {
		encoding: 'utf8',
	});

it('names the version and the remedy, and ends with 6', () => {
	const {status, stdout, stderr} = cosmos('20.20.2', 'list', 'runs');
	expect({status, stdout}).toEqual({status: 6, stdout: ''});
	expect(stderr).toBe(
		`cosmos: needs Node 22 or newer; ${process.execPath} is Node 20.20.2\n` +
			'  Install a newer Node from https://nodejs.org and run the command again.\n',
	);
});

it('tells a program that asks for JSON the code', () => {
	const {status, stderr} = cosmos('18.0.0', 'list', 'runs', '--json');
	expect(status).toBe(6);
	expect(JSON.parse(stderr)).toMatchObject({
		...{schema: 'cosmos.error.1', code: 'node-too-old', exitCode: 6},
	});
});

it('has the version of package.json', () => {
	const file = path.join(import.meta.dirname, '..', '..', 'package.json');
	const {engines} = JSON.parse(readFileSync(file, 'utf8')) as {engines: {node: string}};
	const oldest = Number(engines.node.replace('>=', ''));
	expect(nodeProblem(`${oldest}.0.0`, 'node')).toBeUndefined();
	expect(nodeProblem(`${oldest - 1}.9.9`, 'node')).toMatchObject({code: 'node-too-old'});
});
