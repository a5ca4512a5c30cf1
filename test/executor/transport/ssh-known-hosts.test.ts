import {execFileSync} from 'node:child_process';
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {
	addKnownHost,
	fingerprintOf,
	namesMatch,
	parseKnownHosts,
} from '../../../source/executor/transport/ssh-known-hosts.js';

const ed25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const key = Buffer.from(ed25519, 'base64');

describe('names', () => {
	test.each([
		['gpu.example.com', 'gpu.example.com', true],
		['gpu.example.com', 'cpu.example.com', false],
		['a,gpu,b', 'gpu', true],
		['*.example.com', 'gpu.example.com', true],
		['*.example.com', 'example.com', false],
		['gpu?', 'gpu7', true],
		['gpu?', 'gpu', false],
		['*.example.com,!gpu.example.com', 'gpu.example.com', false],
		['!gpu.example.com,*.example.com', 'gpu.example.com', false],
		['[gpu]:2222', '[gpu]:2222', true],
		['[gpu]:2222', 'gpu', false],
		['[gpu]:*', '[gpu]:2222', true],
		['GPU.example.com', 'gpu.example.com', true],
		['gpu.example.com', 'gpuxexample.com', false],
	])('%s and %s: %s', (names, host, expected) => {
		expect(namesMatch(names, host)).toBe(expected);
	});
});

describe('files', () => {
	let folder: string;
	let file: string;
	beforeEach(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'cosmos-known-'));
		file = path.join(folder, 'ssh', 'known_hosts');
	});
	afterEach(() => rm(folder, {recursive: true}));

	test('a name that ssh-keygen has hashed is found', async () => {
		const plain = path.join(folder, 'plain');
		await writeFile(plain, `[gpu]:2222 ssh-ed25519 ${ed25519}\n`);
		execFileSync('ssh-keygen', ['-H', '-f', plain], {stdio: 'ignore'});
		const [entry] = parseKnownHosts(await readFile(plain, 'utf8'), plain);
		expect(entry?.names).toMatch(/^\|1\|/);
		expect(namesMatch(entry?.names ?? '', '[gpu]:2222')).toBe(true);
		expect(namesMatch(entry?.names ?? '', '[gpu]:2223')).toBe(false);
	});

	test('the fingerprint is what ssh-keygen prints', async () => {
		const plain = path.join(folder, 'plain');
		await writeFile(plain, `ssh-ed25519 ${ed25519}\n`);
		const printed = execFileSync('ssh-keygen', ['-l', '-f', plain], {encoding: 'utf8'});
		expect(printed).toContain(` ${fingerprintOf(key)} `);
	});

	test('ssh-keygen finds an added key, and the line before it is intact', async () => {
		await addKnownHost(file, 'one', key);
		await writeFile(file, (await readFile(file, 'utf8')).trimEnd());
		await addKnownHost(file, '[gpu]:2222', key);
		for (const name of ['one', '[gpu]:2222']) {
			expect(execFileSync('ssh-keygen', ['-F', name, '-f', file], {encoding: 'utf8'})).toContain(
				ed25519,
			);
		}
	});

	test('a new file is private, and so is its folder', async () => {
		await addKnownHost(file, 'gpu', key);
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
	});
});

test('invalid lines are skipped, the others keep their number', () => {
	const text = [
		'# a comment',
		'',
		`@cert-authority *.example.com ssh-ed25519 ${ed25519}`,
		`@revoked gpu ssh-ed25519 ${ed25519}`,
		'gpu ssh-ed25519 broken',
		`gpu ssh-rsa ${ed25519}`,
		`gpu\tssh-ed25519  ${ed25519} a comment\r`,
	].join('\n');
	expect(parseKnownHosts(text, 'F').map(({line, revoked}) => ({line, revoked}))).toEqual([
		{line: 4, revoked: true},
		{line: 7, revoked: false},
	]);
});
