import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {sshTransport} from '../../source/executor/transport/ssh.js';
import {sshHost} from '../../test/lab/ssh-host.js';
import {startSshd} from '../../test/lab/sshd.js';
import {type Case, inTurn} from '../measure.js';
import {run, runInto, sshWords} from '../run-program.js';

const megabytes = 256;
const lines = 1_000_000;
const line = 'a line of a model that says more than anybody wants to read of it';
const talk = `yes '${line}' | head -n ${lines}`;
const goal = {kind: 'speed', least: 0.9} as const;

const openssh: Case = {
	rounds: 5,
	about: `The transport over this machine's OpenSSH client: a file of ${megabytes} MB each way beside \`scp\`, and ${lines} lines of a command's output beside \`ssh\`, into a file. Ours has its connection open; the others open theirs in about a tenth of a second.`,
	async run(rounds) {
		const sshd = await startSshd();
		const {client, home} = sshd;
		const transport = sshTransport(sshHost('lab', {sshClient: 'openssh'}), {env: client.env});
		const [local, there] = [path.join(client.home, 'local'), path.join(home, 'there')];
		const words = sshWords(client);
		try {
			await pipeline(Readable.from(chance()), createWriteStream(local));
			await transport.connect();
			const {size} = await stat(local);
			const copy = path.join(client.home, 'copy');
			// What is there already would be resumed.
			const anew = (file: string, work: () => Promise<void>) => async () => {
				await rm(file, {force: true});
				await work();
			};
			const up = await inTurn(
				rounds,
				anew(there, () => transport.upload(local, there)),
				anew(there, () => run('scp', ['-q', ...words, local, `lab:${there}`])),
			);
			const down = await inTurn(
				rounds,
				anew(copy, () => transport.download(there, copy, {size})),
				anew(copy, () => run('scp', ['-q', ...words, `lab:${there}`, copy])),
			);
			const kept = await inTurn(
				rounds,
				anew(copy, () => transport.download(there, copy, {size})),
				anew(copy, async () => {
					await run('scp', ['-q', ...words, `lab:${there}`, copy]);
					await run('sync', ['--data', copy]);
				}),
			);
			const output = path.join(client.home, 'output');
			const stream = await inTurn(
				rounds,
				async () => {
					const file = createWriteStream(output);
					await transport.exec(['sh', '-c', talk], {onOutput: chunk => void file.write(chunk)});
					await new Promise(resolve => file.end(resolve));
				},
				() => runInto(output, 'ssh', [...words, 'lab', talk], {}),
			);
			return [
				{name: `${megabytes} MB up by OpenSSH`, beside: '`scp`', ...up, goal},
				{name: `${megabytes} MB down by OpenSSH`, beside: '`scp`', ...down, goal, limit: syncs},
				{name: `${megabytes} MB down by OpenSSH`, beside: '`scp`, then `sync`', ...kept, goal},
				{name: `${lines} lines by OpenSSH`, beside: '`ssh` > file', ...stream, goal},
			];
		} finally {
			await transport.close();
			await rm(local, {force: true});
			await sshd.stop();
		}
	},
};

export default openssh;

const syncs =
	'ours is on the disk when it is done; `scp` leaves that to the kernel. The row beside `scp`, then `sync`, compares the same.';

function* chance() {
	for (let left = megabytes; left > 0; left--) {
		yield randomBytes(1_000_000);
	}
}
