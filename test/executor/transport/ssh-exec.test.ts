import {randomBytes} from 'node:crypto';
import {mkdir} from 'node:fs/promises';
import {setImmediate} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import type {Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, type SshdOptions, startSshd} from '../../lab/sshd.js';
import {collectTo} from '../collect-to.js';

describe.each(['ssh2', 'openssh'] as const)('by %s', sshClient => {
	const sh = (script: string, ...words: string[]) => ['sh', '-c', script, 'sh', ...words];

	/** Runs a test's work against a server of its own. */
	async function withSshd(
		options: SshdOptions,
		work: (transport: Transport, sshd: Sshd) => Promise<void>,
	): Promise<void> {
		const sshd = await startSshd(options);
		const transport = sshTransport(sshHost('lab', {sshClient}), {env: sshd.client.env});
		try {
			await work(transport, sshd);
		} finally {
			await transport.close();
			await sshd.stop();
		}
	}

	describe.skipIf(!available('sshd'))('a command over SSH', () => {
		let sshd: Sshd;
		let transport: Transport;
		beforeAll(async () => {
			sshd = await startSshd({
				startFile: 'echo "Welcome to the GPU farm"; echo "disk almost full" >&2; printf no-newline',
			});
			transport = sshTransport(sshHost('lab', {sshClient}), {env: sshd.client.env});
		});
		afterAll(async () => {
			await transport?.close();
			await sshd?.stop();
		});

		test('returns its two streams, without what the login shell prints first', async () => {
			expect(await transport.exec(sh('echo out; echo err >&2'))).toEqual({
				code: 0,
				stdout: 'out\n',
				stderr: 'err\n',
			});
		});

		test('gets its arguments unchanged', async () => {
			const words = [
				"it's",
				'a "b"',
				'$HOME',
				'`id`',
				'\\n\\',
				'!!',
				'two\nlines',
				'',
				'*',
				'é🎬',
				'-n',
			];
			const {stdout} = await transport.exec(sh('printf "%s|" "$@"', ...words));
			expect(stdout).toBe(words.map(word => `${word}|`).join(''));
		});

		test.each([0, 1, 2, 125, 254])('returns exit code %i', async code => {
			expect((await transport.exec(sh('exit $1', String(code)))).code).toBe(code);
		});

		test('killed by a signal has 128 and its number as code', async () => {
			expect((await transport.exec(sh('kill -TERM $$'))).code).toBe(143);
		});

		test('returns 127 if it is missing', async () => {
			expect(await transport.exec(['no-such-program'])).toMatchObject({
				code: 127,
				stderr: expect.stringContaining('no-such-program'),
			});
		});

		test('passes input and output byte for byte', async () => {
			const input = randomBytes(1 << 20);
			const chunks: Buffer[] = [];
			const result = await transport.exec(['cat'], {input, onOutput: collectTo(chunks)});
			expect(Buffer.concat(chunks).equals(input)).toBe(true);
			expect(result).toEqual({code: 0, stdout: '', stderr: ''});
		});

		test('waits for the consumer of its output', async () => {
			const input = randomBytes(1 << 20);
			const chunks: Buffer[] = [];
			let busy = false;
			const onOutput = async (chunk: Buffer) => {
				expect(busy).toBe(false);
				busy = true;
				await setImmediate();
				busy = false;
				chunks.push(chunk);
			};
			expect((await transport.exec(['cat'], {input, onOutput})).code).toBe(0);
			expect(Buffer.concat(chunks).equals(input)).toBe(true);
		});

		test('fails if the consumer of its output fails', async () => {
			const onOutput = async () => {
				throw new Error('no more');
			};
			await expect(transport.exec(['yes'], {onOutput})).rejects.toThrow('no more');
		});

		test('has a closed standard input without input', async () => {
			expect((await transport.exec(['cat'])).stdout).toBe('');
		});

		test('may end without reading its input', async () => {
			const input = Buffer.alloc(4 << 20);
			expect((await transport.exec(sh('exit 7'), {input})).code).toBe(7);
		});

		test('runs in the given folder', async () => {
			expect((await transport.exec(['pwd'], {cwd: '/usr/lib'})).stdout).toBe('/usr/lib\n');
		});

		test('reports a missing working folder', async () => {
			await expect(transport.exec(['pwd'], {cwd: "/no/such 'folder'"})).rejects.toMatchObject({
				kind: 'host',
				message: "no folder /no/such 'folder' on gpu",
			});
		});

		test('has the given environment', async () => {
			const env = {COSMOS_A: "it's\n$B", EMPTY: ''};
			const {stdout} = await transport.exec(
				sh('echo "$COSMOS_A"; test "$#" = 0 && env | grep "^EMPTY="'),
				{env},
			);
			expect(stdout).toBe("it's\n$B\nEMPTY=\n");
		});

		test('runs in parallel with another one', async () => {
			// Each waits for a line that the other one writes.
			await transport.exec(['mkfifo', `${sshd.home}/a`, `${sshd.home}/b`]);
			const meet = (mine: string, other: string) =>
				transport.exec(sh('echo x > "$1" & read line < "$2"; wait; echo "$line"', mine, other), {
					cwd: sshd.home,
				});
			const both = await Promise.all([meet('a', 'b'), meet('b', 'a')]);
			expect(both.map(({stdout}) => stdout)).toEqual(['x\n', 'x\n']);
		});

		test('shows its output while it runs', async () => {
			const fifo = `${sshd.home}/go-on`;
			await transport.exec(['mkfifo', fifo]);
			let release: Promise<unknown> | undefined;
			const {code} = await transport.exec(sh('echo ready; read line < "$1"', fifo), {
				onOutput() {
					release ??= transport.exec(sh('echo x > "$1"', fifo));
				},
			});
			await release;
			expect(code).toBe(0);
		});

		test('is abandoned immediately when its signal is aborted, and others continue', async () => {
			const abort = new AbortController();
			const running = transport.exec(sh('echo; exec sleep 1000'), {
				signal: abort.signal,
				onOutput: () => abort.abort(),
			});
			await expect(running).rejects.toMatchObject({kind: 'cancelled'});
			expect((await transport.exec(['echo', 'alive'])).stdout).toBe('alive\n');
		});

		test('is not started if its signal is already aborted', async () => {
			const mark = `${sshd.home}/mark`;
			await expect(
				transport.exec(['touch', mark], {signal: AbortSignal.abort()}),
			).rejects.toMatchObject({kind: 'cancelled'});
			expect(await transport.fileSize(mark)).toBeUndefined();
		});
	});

	describe.skipIf(!available('sshd'))('a login shell', () => {
		test('can be one other than bash', () =>
			withSshd({shell: '/bin/dash'}, async transport => {
				const words = ["it's", '\\', '!', 'a\nb'];
				const {stdout} = await transport.exec(sh('printf "%s|" "$@"', ...words));
				expect(stdout).toBe(words.map(word => `${word}|`).join(''));
			}));

		test('is quoted in the error if it allows no commands', () =>
			withSshd({shell: '/usr/sbin/nologin'}, async transport => {
				await expect(transport.exec(['true'])).rejects.toMatchObject({
					kind: 'host',
					message: expect.stringMatching(/login shell of gpu ended \(code 1\).*not available/),
				});
			}));

		test('gets the usual folders after its own PATH', () =>
			withSshd({env: {PATH: '/opt/tools:/bin'}}, async transport => {
				expect((await transport.exec(sh('echo "$PATH"'))).stdout).toBe(
					'/opt/tools:/bin:/usr/local/bin:/usr/bin:/snap/bin\n',
				);
			}));
	});

	describe.skipIf(!available('sshd'))('more commands than a connection has room for', () => {
		test.each([
			{most: 10, all: 12, logins: 2},
			{most: 1, all: 4, logins: 4},
		])('run all at once when the server allows $most sessions', async ({most, all, logins}) => {
			await withSshd({config: [`MaxSessions ${most}`]}, async (transport, sshd) => {
				const folder = `${sshd.home}/there`;
				await mkdir(folder);
				// Each ends only when all have begun.
				const meet = sh(
					'touch "$1/$2"; until [ "$(ls "$1" | wc -l)" -ge "$3" ]; do sleep 0.05; done; echo "$2"',
					folder,
				);
				const names = Array.from({length: all}, (_, index) => String(index));
				const results = await Promise.all(
					names.map(name => transport.exec([...meet, name, String(all)])),
				);
				expect(results.map(({stdout}) => stdout.trim())).toEqual(names);
				expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(logins);
			});
		});
	});
});
