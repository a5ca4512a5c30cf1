/** Start files of an account that wait, hand over to another shell, or end: each is reported, none hangs. */
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import {available} from '../../lab/available.js';
import {sshHost} from '../../lab/ssh-host.js';
import {startSshd} from '../../lab/sshd.js';

const works = {code: 0, stdout: 'in\n'};
const silentSftp = {
	code: 'connection-timeout',
	message: expect.stringMatching(/^the SFTP server of gpu did not answer within 20 s$/),
	hint: expect.stringContaining('start file'),
};
const endedShell = {
	message: expect.stringMatching(
		/^the login shell of gpu ended \(code \d\) before the command ran/,
	),
	hint: expect.stringContaining('startup files that do not exit'),
};

const rows: ReadonlyArray<{startFile: string; command: object; file: object}> = [
	{startFile: 'read -p "Which environment? " answer', command: works, file: silentSftp},
	{startFile: 'exec fish', command: endedShell, file: silentSftp},
	{
		startFile: 'sleep 600',
		command: {
			code: 'connection-timeout',
			message: 'the login shell of gpu did not start a command within 20 s',
			hint: expect.stringContaining('may wait for input or start another shell'),
		},
		file: silentSftp,
	},
	{
		startFile: 'exit 3',
		command: endedShell,
		file: {message: expect.stringContaining('does not offer SFTP')},
	},
];

describe.skipIf(!available('sshd', 'shells')).concurrent('a start file', () => {
	it.each(rows)('"$startFile" holds nothing up', async ({startFile, command, file}) => {
		// The server that a start file can disturb: it is started by the login shell.
		const sshd = await startSshd({sftp: '/usr/lib/openssh/sftp-server', startFile});
		const transport = sshTransport(sshHost('lab'), {env: sshd.client.env});
		try {
			await transport.connect();
			const [executed, written] = await Promise.all([
				transport.exec(['echo', 'in']).catch((error: unknown) => error),
				transport.writeFile(path.join(sshd.home, 'file'), 'x').catch((error: unknown) => error),
			]);
			expect(executed).toMatchObject(command);
			expect(written).toMatchObject(file);
		} finally {
			await transport.close();
			await sshd.stop();
		}
	});
});
