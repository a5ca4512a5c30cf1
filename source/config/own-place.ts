import {readFileSync, realpathSync, type Stats, statSync} from 'node:fs';
import {userInfo} from 'node:os';
import path from 'node:path';

type Rights = Pick<Stats, 'uid' | 'gid' | 'mode'>;

const root = 0;

/**
 * Why others could have written this content or can change it; undefined if only this user can, or if
 * the system has no such users (Windows).
 * @param owners who may own it besides this user
 */
export function foreignProblem(rights: Rights, owners: readonly number[] = []): string | undefined {
	const user = process.geteuid?.();
	if (user === undefined) {
		return undefined;
	}

	if (rights.uid !== user && !owners.includes(rights.uid)) {
		return 'belongs to another user';
	}

	if ((rights.mode & 0o002) !== 0) {
		return 'can be written by everyone';
	}

	return (rights.mode & 0o020) !== 0 && !isPrivate(rights.gid)
		? 'can be written by its group'
		: undefined;
}

/**
 * Whether nobody else can replace this folder, or change its content. Folders
 * above it may belong to root; those with the sticky bit, such as /tmp, protect the files of others.
 */
export function isOwnFolder(folder: string): boolean {
	try {
		const place = realpathSync(folder);
		return foreignProblem(statSync(place)) === undefined && above(place).every(isSafe);
	} catch {
		return false;
	}
}

function above(place: string): string[] {
	const parent = path.dirname(place);
	return parent === place ? [] : [parent, ...above(parent)];
}

function isSafe(folder: string): boolean {
	const rights = statSync(folder);
	const mode = (rights.mode & 0o1000) === 0 ? rights.mode : 0;
	return foreignProblem({...rights, mode}, [root]) === undefined;
}

/**
 * Whether a group is this user's alone, as most Linux systems make one for each user: with their usual
 * umask (002) every file can be written by it. A group that the system's files do not list may have
 * members.
 */
function isPrivate(gid: number): boolean {
	try {
		const {username} = userInfo();
		const group = entries('/etc/group').find(([, , id]) => id === String(gid));
		const users = entries('/etc/passwd').filter(([, , , id]) => id === String(gid));
		const [name, , , members = ''] = group ?? [];
		return (
			name === username &&
			members.split(',').every(member => member === '' || member === username) &&
			users.every(([user]) => user === username)
		);
	} catch {
		return false;
	}
}

function entries(file: string): string[][] {
	return readFileSync(file, 'utf8')
		.split('\n')
		.map(line => line.split(':'));
}
