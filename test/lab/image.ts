import {spawnSync} from 'node:child_process';
import {chmod, copyFile, mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {programPath} from './available.js';

/** The laboratory's image: tiny, with BusyBox, and the simulator where the model would be. */
export const labImage = 'cosmos-lab:1';

/** What answers for the model's commands; the node and the bundle come with the mounts. */
const programs = {
	torchrun: `#!/bin/sh
exec /opt/cosmos/node /opt/cosmos/dist/simulator.js torchrun "$@"
`,
	vllm: `#!/bin/sh
exec /opt/cosmos/node /opt/cosmos/dist/simulator.js vllm "$@"
`,
	python: `#!/bin/sh
exec /opt/cosmos/node /opt/cosmos/dist/simulator.js python "$@"
`,
};

/**
 * Makes the image. No registry is asked: a folder becomes an image by `docker import`. `/bin` and
 * `/lib` are links into `/usr`, so that the machine's own `/usr` can be mounted over it.
 */
export async function writeImage(folder: string, docker: readonly string[]): Promise<void> {
	const root = path.join(folder, 'rootfs');
	for (const name of [
		'usr/bin',
		'proc',
		'sys',
		'dev',
		'etc',
		'root',
		'workspace',
		'opt/cosmos/bin',
	]) {
		await mkdir(path.join(root, name), {recursive: true});
	}

	await mkdir(path.join(root, 'tmp'));
	await chmod(path.join(root, 'tmp'), 0o1777);
	for (const [link, target] of [
		['bin', 'usr/bin'],
		['lib', 'usr/lib'],
		['lib64', 'usr/lib64'],
	] as const) {
		await symlink(target, path.join(root, link));
	}

	await writeFile(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
	await addBusyBox(path.join(root, 'usr/bin'));
	for (const [name, text] of Object.entries(programs)) {
		await writeFile(path.join(root, 'opt/cosmos/bin', name), text, {mode: 0o755});
	}

	const [client = '', ...words] = docker;
	const path_ = 'ENV PATH=/opt/cosmos/bin:/usr/local/bin:/usr/bin:/bin';
	const packed = spawnSync('tar', ['-C', root, '-c', '.'], {maxBuffer: 1 << 28});
	const imported = spawnSync(client, [...words, 'import', '--change', path_, '-', labImage], {
		input: packed.stdout,
		encoding: 'utf8',
	});
	if (imported.status !== 0) {
		throw new Error(`docker import: ${imported.stderr}`);
	}
}

async function addBusyBox(bin: string): Promise<void> {
	const busybox = programPath('busybox') as string;
	await copyFile(busybox, path.join(bin, 'busybox'));
	const names = spawnSync(busybox, ['--list'], {encoding: 'utf8'}).stdout.split('\n');
	for (const name of names.filter(name => name !== '' && name !== 'busybox')) {
		await symlink('busybox', path.join(bin, name));
	}
}
