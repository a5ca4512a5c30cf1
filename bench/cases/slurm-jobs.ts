import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {programPath} from '../../test/lab/available.js';
import {type SlurmHost, startSlurmHost} from '../../test/lab/slurm-host.js';
import {type Case, type Measure, seconds} from '../measure.js';
import {run, runInto, sshWords} from '../run-program.js';

const jobs = 200;
/** Seconds that a job works. */
const work = 1;
/** What \`cosmos\` may ask of Slurm for a job. */
const commands = ['sbatch', 'squeue', 'scontrol', 'sacct', 'scancel'] as const;

/** A model that takes its time and leaves a result of one byte. */
const model = `#!/bin/sh
while [ "$1" != --video_save_folder ]; do shift; done
sleep ${work}
printf x >"$2/output.mp4"
`;

const slurmJobs: Case = {
	rounds: 1,
	about: `${jobs} jobs of ${work} s through Slurm at once, from one process over one connection, with every result downloaded and every record written; beside a \`sbatch --wait\` for each, started by one SSH command, and one scp for all results. Slurm has 200 places on two nodes, all on this machine.`,
	async run(rounds) {
		const lab = await startSlurmHost({nodes: ['n1', 'n2'], cpus: 100});
		try {
			return await allAtOnce(lab, rounds);
		} finally {
			await lab.stop();
		}
	},
};

export default slurmJobs;

async function allAtOnce(lab: SlurmHost, rounds: number): Promise<Measure[]> {
	const {client, sshd, slurm} = lab;
	const file = path.join(client.home, 'model');
	writeFileSync(file, model, {mode: 0o755});
	const calls = countCalls(lab);
	lab.configure('');
	const config = path.join(client.home, '.config', 'cosmos', 'config.toml');
	const given = readFileSync(config, 'utf8');
	writeFileSync(config, given.replace(/^prefix = .*$/m, `prefix = ["${file}"]`));
	const {stdout} = await lab.cosmos(['create', 'prompt', 'A street', lab.videos]);
	// The inputs are there then, as in the other one's jobs.
	await lab.cosmos(['inference', stdout.trim()]);
	const env = {PATH: process.env.PATH, HOME: client.home, COSMOS_DATA: lab.data};
	const launches = path.join(import.meta.dirname, '..', 'many-launches.mjs');
	const told = path.join(client.home, 'told.json');
	const used: Array<{seconds: number; computed: number; megabytes: number}> = [];
	const theirs: number[] = [];
	let logins = 0;
	let called = '';
	for (let round = 0; round < rounds; round++) {
		const loginsBefore = loginsTo(lab);
		calls.reset();
		const words = [launches, stdout.trim(), String(jobs)];
		await runInto(told, process.execPath, words, {env});
		used.push(JSON.parse(readFileSync(told, 'utf8')));
		logins = loginsTo(lab) - loginsBefore;
		called = calls.told();
		theirs.push(await seconds(plain));
	}

	async function plain(): Promise<void> {
		const one = `sbatch --wait -o /dev/null --wrap "mkdir -p plain/$i; ${file} --video_save_folder plain/$i"`;
		const loop = `for i in $(seq ${jobs}); do ${one} & done; wait`;
		await run('ssh', [...sshWords(client), sshd.alias, loop]);
		await run('scp', ['-qr', ...sshWords(client), `${sshd.alias}:plain`, client.home]);
	}

	const name = `${jobs} jobs of ${work} s through Slurm`;
	const beside = '`sbatch --wait` for each, and scp';
	const perJob = used.map(({computed}) => (computed / jobs) * 1000);
	return [
		{
			name,
			beside,
			ours: used.map(one => one.seconds),
			theirs,
			goal: {kind: 'times', most: 1.5},
			note: `${logins} ${logins === 1 ? 'login' : 'logins'} over SSH, as sshd's log says. Started on the login node: ${called}; jobs that come together are one array, the other questions are those of the one follower of all jobs. \`cosmos\` computed ${(perJob[0] ?? 0).toFixed(0)} ms for each job. ${slurm.run('sinfo', '--version').trim()}.`,
		},
		{
			name: `${name}: memory of cosmos`,
			beside,
			ours: used.map(({megabytes}) => megabytes),
			theirs: [],
			unit: 'MB',
			goal: {kind: 'none'},
		},
		{
			name: `${name}: computed by cosmos`,
			beside,
			ours: used.map(({computed}) => computed),
			theirs: [],
			goal: {kind: 'none'},
		},
	];
}

function loginsTo({sshd}: SlurmHost): number {
	return sshd.log().match(/^Accepted publickey/gm)?.length ?? 0;
}

/** Lets every command of Slurm that an SSH session starts there be counted. */
function countCalls({sshd, client}: SlurmHost): {reset: () => void; told: () => string} {
	const tools = path.join(client.home, 'tools');
	const journal = path.join(client.home, 'calls');
	mkdirSync(tools);
	for (const name of commands) {
		const text = `#!/bin/sh\necho ${name} >>${journal}\nexec ${programPath(name)} "$@"\n`;
		writeFileSync(path.join(tools, name), text, {mode: 0o755});
	}

	writeFileSync(path.join(sshd.home, '.bashrc'), `export PATH=${tools}:$PATH\n`);
	return {
		reset: () => writeFileSync(journal, ''),
		told() {
			const made = readFileSync(journal, 'utf8').split('\n');
			return commands
				.map(name => `${made.filter(line => line === name).length} ${name}`)
				.join(', ');
		},
	};
}
