import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {resolveTargets} from '../../../source/executor/transport/ssh-target.js';
import {available} from '../../lab/available.js';
import {writeSsh} from '../../lab/ssh-client-home.js';

/** Files of `~/.ssh`, and the machines on the way to `lab` as `user@name:port`. */
type Case = [what: string, files: Record<string, string>, way: string[], address?: string];

const end = '  HostName 127.0.0.1\n  Port 2377\n  User root\n';
const reached = ['root@127.0.0.1:2377'];
const me = userInfo().username;

const cases: Case[] = [
	['Match exec', {config: `Match host lab exec "true"\n${end}`}, reached],
	['a Match exec that fails', {config: `Match exec "false"\n${end}`}, [`${me}@lab:22`]],
	[
		'tokens in Match exec',
		{config: `Match originalhost lab exec "test %h = lab"\n${end}`},
		reached,
	],
	['!exec', {config: `Match host lab !exec "false"\n${end}`}, reached],
	['!host', {config: `Match !host other\n${end}`}, reached],
	[
		'Hostname with a small n before Match host',
		{config: 'Host lab\n  Hostname 127.0.0.1\n  User root\nMatch host 127.0.0.1\n  Port 2377\n'},
		reached,
	],
	['? as exactly one character', {config: `Host lab?\n  Port 1\nHost lab\n${end}`}, reached],
	[
		'Include with a wildcard for a folder',
		{config: 'Include work/*/config\n', 'work/a/config': `Host lab\n${end}`},
		reached,
	],
	[
		'Include with a set of characters',
		{config: 'Include conf.d/[0-9]*.conf\n', 'conf.d/10-lab.conf': `Host lab\n${end}`},
		reached,
	],
	[
		'Include with a folder among the files',
		{config: 'Include conf.d/*\n', 'conf.d/a': `Host lab\n${end}`, 'conf.d/keys/id': 'Host *\n'},
		reached,
	],
	[
		'Include of a folder',
		{config: `Include conf.d\nHost lab\n${end}`, 'conf.d/a': 'Host lab\n  Port 1\n'},
		reached,
	],
	[
		'tokens in ProxyJump',
		{config: `Host jump\n  HostName 10.0.0.1\nHost lab\n  ProxyJump %r@jump\n${end}`},
		['root@10.0.0.1:22', ...reached],
	],
	[
		'ProxyCommand none before ProxyJump',
		{config: `Host jump\n  ProxyCommand none\nHost lab\n${end}Host *\n  ProxyJump jump\n`},
		[`${me}@jump:22`, ...reached],
	],
	['user@host', {config: ''}, reached, 'root@127.0.0.1:2377'],
	['an address with a scheme', {config: ''}, reached, 'ssh://root@127.0.0.1:2377'],
	[
		'an alias with a port',
		{config: `Host lab\n  HostName 127.0.0.1\n  User root\n`},
		reached,
		'lab:2377',
	],
	['an IPv6 address', {config: ''}, [`${me}@::1:22`], '::1'],
	['an IPv6 address with a port', {config: ''}, ['ada@::1:2200'], 'ada@[::1]:2200'],
	[
		'Match final',
		{
			config: `Match final host 127.0.0.1\n  Port 2377\nHost lab\n  HostName 127.0.0.1\n  User root\n`,
		},
		reached,
	],
];

let home: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'cosmos-resolve-'));
	await mkdir(path.join(home, '.ssh'), {mode: 0o700});
	env = {HOME: home, PATH: process.env.PATH};
});

afterEach(() => rm(home, {recursive: true}));

async function way(files: Record<string, string>, address = 'lab'): Promise<string[]> {
	for (const [name, text] of Object.entries(files)) {
		const file = path.join(home, '.ssh', name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, text, {mode: 0o600});
	}

	const targets = await resolveTargets({ssh: address}, env);
	return targets.map(({user, hostName, port}) => `${user}@${hostName}:${port}`);
}

describe('without an OpenSSH client, the route to a host', () => {
	it.each(cases)('follows %s', async (_what, files, expected, address) => {
		expect(await way(files, address)).toEqual(expected);
	});

	it('names the line that it cannot follow', async () => {
		await way({config: `Host lab\n${end}Match localnetwork 10.0.0.0/8\n  Port 9\n`});
		const [target] = await resolveTargets({ssh: 'lab'}, env);
		const file = path.join(home, '.ssh', 'config');
		expect(target?.notObeyed).toEqual([`${file}:5: Match localnetwork`]);
	});
});

describe.skipIf(!available('sshd'))('with the OpenSSH client, the way to a host', () => {
	beforeEach(async () => {
		env.PATH = `${await writeSsh(home)}:${env.PATH}`;
	});

	it.each(cases)('follows %s', async (_what, files, expected, address) => {
		expect(await way(files, address)).toEqual(expected);
	});

	it('follows canonical names', async () => {
		const config = 'CanonicalizeHostname yes\nMatch canonical all\n  Port 2377\n';
		expect(await way({config})).toEqual([`${me}@lab:2377`]);
	});

	it('reports what ssh says about a file that it cannot read', async () => {
		await expect(way({config: 'Host lab\n  Bogus yes\n'})).rejects.toThrow(
			/ssh -G lab fails: .*config.*line 2.*bogus/i,
		);
	});
});

it.each(['two words', '@host', '-oProxyCommand=x', 'ssh://', 'host/path'])(
	'rejects %j as a host',
	async address => {
		await expect(way({config: ''}, address)).rejects.toMatchObject({kind: 'configuration'});
	},
);
