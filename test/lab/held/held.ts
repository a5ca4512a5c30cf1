import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {test} from 'vitest';
import {startCosmos} from '../../cosmos.js';
import {startDocker} from '../docker.js';
import {startSlurm} from '../slurm.js';
import {startSshAgent} from '../ssh-agent.js';
import {startSshd} from '../sshd.js';

test('holds a laboratory with work in each of its parts', async () => {
	const docker = await startDocker();
	docker.run('run', '-d', '--init', ...docker.bareArgs, docker.image, 'sleep', '86399');
	const slurm = await startSlurm();
	slurm.run('sbatch', '--output=/dev/null', '--wrap', 'exec sleep 86399');
	await startSshd();
	await startSshAgent([]);
	const home = mkdtempSync(path.join(tmpdir(), 'held-'));
	const env = {HOME: home, COSMOS_DATA: path.join(home, 'data'), COSMOS_SIMULATE: 'hang,step-bars'};
	await startCosmos(['demo'], {env}).seen(/\d+\/35 \[/);
	writeFileSync(process.env.COSMOS_HELD as string, '');
	await new Promise(() => undefined);
});
