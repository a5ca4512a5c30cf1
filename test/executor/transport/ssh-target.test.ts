import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {resolveTargets, type SshTarget} from '../../../source/executor/transport/ssh-target.js';

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'cosmos-config-'));
	await mkdir(path.join(home, '.ssh'));
	env = {HOME: home};
});
afterEach(() => rm(home, {recursive: true}));

const write = async (text: string, name = 'config') => {
	const file = path.join(home, '.ssh', name);
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, text);
};
const resolve = async (ssh: string, change = {}): Promise<SshTarget> =>
	(await resolveTargets({ssh, ...change}, env)).at(-1) as SshTarget;
const files = (target: SshTarget) => target.identityFiles.map(identity => identity.path);

test('a host that no file mentions is its own name, on port 22, for the user of this machine', async () => {
	expect(await resolve('gpu.example.com')).toMatchObject({
		hostName: 'gpu.example.com',
		port: 22,
		user: userInfo().username,
	});
});

test('an alias sets name, user and port', async () => {
	await write('Host h100\n  HostName 10.0.0.7\n  User ada\n  Port 2222\n');
	expect(await resolve('h100')).toMatchObject({hostName: '10.0.0.7', user: 'ada', port: 2222});
});

test('our configuration overrides it', async () => {
	await write('Host h100\n  User ada\n  Port 2222\n  IdentityFile ~/a\n');
	const target = await resolve('h100', {user: 'me', port: 7, key: '~/mine'});
	expect(target).toMatchObject({user: 'me', port: 7});
	expect(files(target)).toEqual([path.join(home, 'mine'), path.join(home, 'a')]);
});

test('without an identity file the default names are tried', async () => {
	expect(files(await resolve('h100')).map(file => path.relative(home, file))).toEqual([
		'.ssh/id_ed25519',
		'.ssh/id_ecdsa',
		'.ssh/id_rsa',
	]);
});

test('tokens and ~ are expanded like in OpenSSH', async () => {
	await write(
		`Host h100\n  HostName %h.example.com\n  User ada\n  IdentityFile ~/k-%h-%r\n  IdentityFile %d/%n-%p-%%\n  IdentityFile \${KEYS}/x\n`,
	);
	env.KEYS = '/keys';
	expect(files(await resolve('h100'))).toEqual([
		path.join(home, 'k-h100.example.com-ada'),
		path.join(home, 'h100-22-%'),
		'/keys/x',
	]);
});

describe('agent', () => {
	test.each([
		['', '/run/agent'],
		['IdentityAgent none', undefined],
		['IdentityAgent SSH_AUTH_SOCK', '/run/agent'],
		['IdentityAgent $OTHER', '/run/other'],
		['IdentityAgent /run/%r', '/run/ada'],
	])('%s', async (line, expected) => {
		await write(`Host h100\n  User ada\n  ${line}\n`);
		env.SSH_AUTH_SOCK = '/run/agent';
		env.OTHER = '/run/other';
		expect((await resolve('h100')).agent).toBe(expected);
	});
});

describe('Include', () => {
	test('a folder of files is read in order, the first value applies', async () => {
		await write('Include config.d/*\nHost h100\n  User last\n');
		await write('Host h100\n  Port 1\n', 'config.d/a');
		await write('Host h100\n  Port 2\n  User included\n', 'config.d/b');
		expect(await resolve('h100')).toMatchObject({port: 1, user: 'included'});
	});

	test('inside a Host section it applies only to that host, and the section continues after it', async () => {
		await write('Host h100\n  Include extra\n  Port 9\nHost *\n  User everyone\n');
		await write('Host other\n  Port 1\nHost h100\n  User special\n', 'extra');
		expect(await resolve('h100')).toMatchObject({user: 'special', port: 9});
		expect(await resolve('other')).toMatchObject({user: 'everyone', port: 22});
	});

	test('a loop is reported', async () => {
		await write('Include config\n');
		await expect(resolve('h100')).rejects.toThrow(/Include refers back to itself/);
	});
});

describe('like `ssh -G`', () => {
	const text = [
		'Host bastion !not-bastion',
		'  Port 1022',
		'Match host 10.* user ada',
		'  Port 77',
		'Host gpu-* !gpu-9',
		'  User "ada"',
		'  HostName=10.0.0.1',
		'Host gpu-9',
		'  user nine # a comment',
		'Match originalhost gpu-2',
		'  IdentityFile ~/two',
		'Host *',
		'  Port 2200',
		'  User fallback',
	].join('\n');

	test.each(['bastion', 'gpu-1', 'gpu-2', 'gpu-9', 'elsewhere'])('%s', async alias => {
		await write(text);
		const printed = execFileSync('ssh', ['-G', '-F', path.join(home, '.ssh/config'), alias], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const say = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(printed)?.[1];
		const {hostName, user, port} = await resolve(alias);
		expect({hostName, user, port: String(port)}).toEqual({
			hostName: say('hostname'),
			user: say('user'),
			port: say('port'),
		});
	});
});

describe('ProxyJump', () => {
	const way = async (ssh: string) =>
		(await resolveTargets({ssh}, env)).map(
			({user, hostName, port}) => `${user}@${hostName}:${port}`,
		);

	test('each hop has its own configuration', async () => {
		await write(
			'Host *\n  User ada\nHost gpu\n  HostName 10.0.0.7\n  ProxyJump door,me@inner:2200\nHost door\n  HostName door.example.com\n  Port 443\n',
		);
		expect(await way('gpu')).toEqual([
			'ada@door.example.com:443',
			'me@inner:2200',
			'ada@10.0.0.7:22',
		]);
	});

	test('the first hop may be behind another one', async () => {
		await write('Host *\n  User a\nHost gpu\n  ProxyJump inner\nHost inner\n  ProxyJump door\n');
		expect(await way('gpu')).toEqual(['a@door:22', 'a@inner:22', 'a@gpu:22']);
	});

	test('none means none', async () => {
		await write('Host gpu\n  User a\n  ProxyJump none\nHost *\n  ProxyJump door\n');
		expect(await way('gpu')).toEqual(['a@gpu:22']);
	});

	test('a loop is reported', async () => {
		await write('Host *\n  ProxyJump door\n');
		await expect(way('gpu')).rejects.toThrow(
			'ProxyJump refers back to itself: gpu -> door -> door',
		);
	});
});

describe('ProxyCommand', () => {
	test('has its tokens replaced, and no others', async () => {
		await write(
			'Host gpu\n  HostName 10.0.0.7\n  User ada\n  ProxyCommand nc -x $P %h %p %r %n %%h\n',
		);
		expect((await resolve('gpu')).proxyCommand).toBe('nc -x $P 10.0.0.7 22 ada gpu %h');
	});

	test('none means none', async () => {
		await write('Host gpu\n  ProxyCommand none\nHost *\n  ProxyCommand nc %h %p\n');
		expect((await resolve('gpu')).proxyCommand).toBeUndefined();
	});

	test('that comes first wins over a ProxyJump, and the other way round', async () => {
		await write(
			'Host a\n  ProxyCommand nc a\nHost b\n  ProxyJump door\nHost a b\n  ProxyCommand nc b\n  ProxyJump x\n',
		);
		expect(await resolveTargets({ssh: 'a'}, env)).toMatchObject([{proxyCommand: 'nc a'}]);
		expect(await resolveTargets({ssh: 'b'}, env)).toMatchObject([{alias: 'door'}, {alias: 'b'}]);
		expect((await resolve('b')).proxyCommand).toBeUndefined();
	});

	test.each([
		['gpu', {user: '$(id)'}],
		['gpu', {user: 'a;b'}],
		["x'y", {}],
		['x`id`', {}],
	])('never gets %s and %j to take apart', async (ssh, change) => {
		await write('Host *\n  ProxyCommand nc %h %p %r\n');
		await expect(resolve(ssh, change)).rejects.toThrow('cannot be given to a ProxyCommand');
	});
});

test('an invalid port is reported', async () => {
	await write('Host gpu\n  Port many\n');
	await expect(resolve('gpu')).rejects.toThrow(/Port of gpu .*"many"/);
});

test('an invalid file is reported', async () => {
	await write('Host gpu\n  User "open\n');
	await expect(resolve('gpu')).rejects.toMatchObject({
		kind: 'configuration',
		message: expect.stringContaining(path.join(home, '.ssh/config')),
	});
});

test('ServerAliveInterval and ServerAliveCountMax decide when a silent host is noticed', async () => {
	await write('Host h100\n  ServerAliveInterval 5\n  ServerAliveCountMax 2\n');
	expect((await resolve('h100')).keepalive).toEqual({keepaliveInterval: 5000, keepaliveCount: 2});
});

test('a keepalive interval of 0 uses the default', async () => {
	await write('Host h100\n  ServerAliveInterval 0\n');
	expect((await resolve('h100')).keepalive).toEqual({});
});

test('an invalid keepalive is rejected', async () => {
	await write('Host h100\n  ServerAliveInterval often\n');
	await expect(resolve('h100')).rejects.toThrow('ServerAliveInterval of h100');
});
