import {chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {compiledFolder} from '../../source/commands/enable-compile-cache.js';
import {foreignProblem, isOwnFolder} from '../../source/config/own-place.js';
import {cacheFolder, dataPlace, userConfig} from '../../source/config/places.js';

const isRoot = process.geteuid?.() === 0;
const nobody = 65_534;
/** A group that no system lists. */
const noGroup = 3_999_999;

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-own-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

describe.skipIf(process.platform === 'win32')('foreignProblem', () => {
	const uid = process.geteuid?.() ?? 0;

	it.each([
		[{uid, gid: noGroup, mode: 0o100_644}, undefined],
		[{uid, gid: noGroup, mode: 0o100_664}, 'can be written by its group'],
		[{uid, gid: noGroup, mode: 0o100_646}, 'can be written by everyone'],
		[{uid: nobody, gid: noGroup, mode: 0o100_600}, 'belongs to another user'],
	])('reports who else can write %j: %s', (rights, problem) => {
		expect(foreignProblem(rights)).toBe(problem);
	});

	it('accepts the named owner', () => {
		expect(foreignProblem({uid: nobody, gid: noGroup, mode: 0o755}, [nobody])).toBeUndefined();
	});

	it.runIf(isRoot)("accepts write permission for the user's own group", () => {
		expect(foreignProblem({uid, gid: 0, mode: 0o664})).toBeUndefined();
	});
});

describe.skipIf(process.platform === 'win32')('the folder of compiled code', () => {
	const env = () => ({XDG_CACHE_HOME: path.join(folder, 'cache')});
	const compiled = () => path.join(folder, 'cache', 'cosmos', 'compiled');

	it('is created for its user only', () => {
		expect(compiledFolder(env())).toBe(compiled());
		expect(isOwnFolder(compiled())).toBe(true);
	});

	it.each([
		['it', ['cache', 'cosmos', 'compiled']],
		['the folder above it', ['cache', 'cosmos']],
		['the cache', ['cache']],
	])('is refused when everyone can write to %s', (_what, parts) => {
		mkdirSync(compiled(), {recursive: true});
		chmodSync(path.join(folder, ...parts), 0o777);
		expect(compiledFolder(env())).toBeUndefined();
	});

	it('may be inside a folder with the sticky bit', () => {
		mkdirSync(compiled(), {recursive: true});
		chmodSync(path.join(folder, 'cache'), 0o1777);
		expect(compiledFolder(env())).toBe(compiled());
	});

	it.runIf(isRoot)('is refused when a group can write to it', () => {
		mkdirSync(compiled(), {recursive: true});
		chownSync(compiled(), 0, noGroup);
		chmodSync(compiled(), 0o770);
		expect(compiledFolder(env())).toBeUndefined();
	});

	it.runIf(isRoot)('is refused when it, or a folder above it, belongs to another user', () => {
		for (const own of [compiled(), path.dirname(compiled())]) {
			mkdirSync(compiled(), {recursive: true});
			chownSync(own, nobody, nobody);
			expect(compiledFolder(env())).toBeUndefined();
			rmSync(path.join(folder, 'cache'), {recursive: true});
		}
	});

	it.runIf(isRoot)('is refused when a link leads to the folder of another user', () => {
		const theirs = path.join(folder, 'theirs');
		mkdirSync(theirs);
		chownSync(theirs, nobody, nobody);
		mkdirSync(path.dirname(compiled()), {recursive: true});
		symlinkSync(theirs, compiled());
		expect(compiledFolder(env())).toBeUndefined();
	});

	it('is not used if it cannot be created', () => {
		expect(compiledFolder({XDG_CACHE_HOME: '/proc/nothing'})).toBeUndefined();
	});
});

describe.skipIf(process.platform === 'win32')('folders that the environment names', () => {
	it.each(['', 'relative', '../up'])('are not those of the current folder: %j', given => {
		const env = {XDG_DATA_HOME: given, XDG_CONFIG_HOME: given, XDG_CACHE_HOME: given};
		expect(dataPlace(env, folder).path).toBe(path.join(homedir(), '.local/share/cosmos'));
		expect(userConfig(env)).toBe(path.join(homedir(), '.config/cosmos/config.toml'));
		expect(cacheFolder(env)).toBe(path.join(homedir(), '.cache/cosmos'));
	});
});
