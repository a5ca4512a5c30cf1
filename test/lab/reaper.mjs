// Removes what a test run has left: `node reaper.mjs FOLDER`. It waits until its standard input ends,
// which it does however the run ends, also when that is killed. Then it ends every process of the run,
// unmounts what is mounted below the run's folder and removes that. A program of its own session, so
// that a Ctrl-C at the tests does not reach it.
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';

const folder = path.resolve(process.argv[2]);
/** Milliseconds that a Docker engine has to end its containers. */
const patience = 60_000;

function read(...parts) {
	try {
		return readFileSync(path.join('/proc', ...parts), 'latin1');
	} catch {
		return '';
	}
}

/** Slurm's step daemons have neither a command line nor an environment of their own. */
function opensFileThere(pid) {
	try {
		const links = path.join('/proc', pid, 'fd');
		return readdirSync(links).some(name =>
			readlinkSync(path.join(links, name)).startsWith(`${folder}/`),
		);
	} catch {
		return false;
	}
}

function namesFolder({pid, name}) {
	return (
		read(pid, 'cmdline').includes(folder) ||
		read(pid, 'environ').includes(folder) ||
		(name === 'slurmstepd' && opensFileThere(pid))
	);
}

/** The processes that name the folder in their command line or environment, and all below them. */
function processesOfRun() {
	const all = readdirSync('/proc')
		.filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
		.map(pid => {
			const stat = read(pid, 'stat');
			const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
			const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			return {pid, name, parent, isGone: state === undefined || 'ZX'.includes(state)};
		})
		.filter(({isGone}) => !isGone);
	const found = new Set(all.filter(namesFolder).map(({pid}) => pid));
	for (let size = 0; size < found.size; ) {
		size = found.size;
		for (const {pid, parent} of all) {
			if (found.has(parent)) {
				found.add(pid);
			}
		}
	}

	return all.filter(({pid}) => found.has(pid));
}

function kill(processes, signal) {
	for (const {pid} of processes) {
		try {
			process.kill(Number(pid), signal);
		} catch {
			// It has ended meanwhile.
		}
	}
}

/** A Docker engine ends its containers and mounts when it may; for all else there is nothing to save. */
async function endProcesses() {
	const engines = () => processesOfRun().filter(({name}) => name === 'dockerd');
	const end = performance.now() + patience;
	kill(engines(), 'SIGTERM');
	while (engines().length > 0 && performance.now() < end) {
		await setTimeout(50);
	}

	for (let left = processesOfRun(); left.length > 0; left = processesOfRun()) {
		kill(left, 'SIGKILL');
		await setTimeout(50);
	}
}

function unmountAll() {
	const mounts = read('mounts')
		.split('\n')
		.map(line => line.split(' ')[1] ?? '')
		.filter(mount => mount.startsWith(`${folder}/`));
	for (const mount of mounts.reverse()) {
		spawnSync('umount', ['-l', mount]);
	}
}

for await (const _ of process.stdin) {
	// Nobody writes: only the end counts.
}

if (process.platform === 'linux') {
	await endProcesses();
	unmountAll();
}

rmSync(folder, {recursive: true, force: true});
