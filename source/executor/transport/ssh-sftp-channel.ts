import {randomBytes} from 'node:crypto';
import type {ClientChannel, SFTPWrapper} from 'ssh2';
import sftpProtocol from 'ssh2/lib/protocol/SFTP.js';
import {ConnectionLostError, CosmosError, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {loginLine} from './login-line.js';
import {createMarkerFilter} from './marker-filter.js';
import {channelError, NoRoomError} from './ssh-channel-error.js';
import type {ChildChannel} from './ssh-child-channel.js';
import type {SshConnection} from './ssh-connection.js';

/** Where systems have OpenSSH's SFTP server. */
const servers = [
	'/usr/lib/openssh/sftp-server',
	'/usr/libexec/openssh/sftp-server',
	'/usr/lib/ssh/sftp-server',
	'/usr/libexec/sftp-server',
	'/usr/local/libexec/sftp-server',
];

const serverScript = `for file in ${servers.join(' ')} sftp-server; do
	command -v "$file" >/dev/null && exec "$file"
done
exit 127`;

/**
 * Opens SFTP as the server offers it. Where that fails, as when a start file of the account prints
 * something before SFTP speaks, the SFTP server is started as any other command is.
 * @throws CosmosError (host) that says why neither works
 */
export async function openSftpChannel(
	{client}: Pick<SshConnection, 'client'>,
	host: string,
): Promise<SFTPWrapper> {
	try {
		return await new Promise<SFTPWrapper>((resolve, reject) => {
			client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
		});
	} catch (error) {
		const reason = channelError(host, 'does not offer SFTP', error);
		if (reason instanceof NoRoomError || reason instanceof ConnectionLostError) {
			throw reason;
		}

		return startServer(client, host).catch(second => {
			throw second instanceof NoRoomError || second instanceof ConnectionLostError
				? second
				: noSftp(host, error);
		});
	}
}

async function startServer(client: SshConnection['client'], host: string): Promise<SFTPWrapper> {
	const marker = `cosmos-${randomBytes(12).toString('hex')}`;
	const line = loginLine({command: ['sh', '-c', serverScript], marker});
	const channel = await new Promise<ClientChannel>((resolve, reject) => {
		client.exec(line, (error, opened) => (error ? reject(error) : resolve(opened)));
	}).catch(error => {
		throw channelError(host, 'cannot start a command', error);
	});
	return sftpOver(channel, marker);
}

/**
 * Speaks SFTP over a channel that carries nothing else.
 * @param marker what comes before it, and with it, is none of SFTP's
 */
export function sftpOver(channel: ChildChannel, marker?: string): Promise<SFTPWrapper> {
	const sftp = new sftpProtocol.SFTP(
		{
			_protocol: {
				_remoteIdentRaw: Buffer.from('SSH-2.0-OpenSSH'),
				channelData: (_id, data) => channel.write(data),
				channelClose: () => channel.close(),
			},
		},
		// What it sends is bounded by the answers that it waits for.
		{
			type: 'sftp',
			incoming: {id: 0, window: Number.POSITIVE_INFINITY, state: 'open'},
			outgoing: {
				id: 0,
				window: Number.POSITIVE_INFINITY,
				packetSize: Number.POSITIVE_INFINITY,
				state: 'open',
			},
		},
	);
	const begin = () => sftp._init();
	const push = (chunk: Buffer) => sftp.push(chunk);
	const filter = marker === undefined ? undefined : createMarkerFilter(marker, push);
	channel.on('data', (chunk: Buffer) => {
		if (!filter) {
			push(chunk);
			return;
		}

		const hadBegun = filter.noise() === undefined;
		filter.push(chunk);
		if (!hadBegun && filter.noise() === undefined) {
			begin();
		}
	});
	channel.stderr.resume();
	channel.on('error', () => undefined);
	return new Promise((resolve, reject) => {
		const fail = (error: Error) => {
			reject(error);
			channel.close();
		};
		sftp.once('error', fail);
		sftp.once('ready', () => {
			sftp.off('error', fail);
			resolve(sftp);
		});
		channel.on('close', () => {
			sftp.push(null);
			sftp.emit('close');
			reject(channel.refusal ?? new Error('the SFTP server ended at once'));
		});
		if (!filter) {
			begin();
		}
	});
}

function noSftp(host: string, cause: unknown): CosmosError {
	const reason = cleanText(messageOf(cause));
	// ssh2's word for what came in place of SFTP's first packet.
	const isNoise = (cause as {level?: unknown} | undefined)?.level === 'sftp-protocol';
	return isNoise
		? new CosmosError(
				'host',
				`a start file of the account on ${host} prints text where SFTP speaks: ${reason}`,
				{
					hint: 'Let ~/.bashrc and the like print only in interactive shells: case $- in *i*) … ;; esac',
					cause,
				},
			)
		: new CosmosError('host', `${host} does not offer SFTP: ${reason}`, {
				hint: 'Add "Subsystem sftp internal-sftp" to its sshd_config, or install openssh-sftp-server there.',
				cause,
			});
}
