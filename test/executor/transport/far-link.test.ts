import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {sshTransport} from '../../../source/executor/transport/ssh.js';
import type {CopyOptions, Transport} from '../../../source/executor/transport/transport.js';
import {available} from '../../lab/available.js';
import {type FarLink, startFarLink} from '../../lab/far-link.js';
import {sshHost} from '../../lab/ssh-host.js';
import {type Sshd, startSshd} from '../../lab/sshd.js';

const content = randomBytes(40_000_003);

describe.skipIf(!available('sshd', 'far-link') || !existsSync('/dev/net/tun'))(
	'a host that is far away',
	() => {
		let link: FarLink;

		beforeAll(async () => {
			link = await startFarLink({roundTrip: 30, megabits: 400, losses: 100});
		});
		afterAll(() => link?.stop());

		describe.each(['ssh2', 'openssh'] as const)('by %s', sshClient => {
			let sshd: Sshd;
			let transport: Transport;
			let here: string;
			let there: string;

			beforeAll(async () => {
				sshd = await startSshd({address: link.address, network: link.network});
				transport = sshTransport(sshHost('lab', {sshClient}), {env: sshd.client.env});
				await transport.connect();
				here = await mkdtemp(path.join(sshd.client.home, 'here-'));
				there = path.join(sshd.home, 'there.mp4');
				await writeFile(path.join(here, 'sent'), content);
			});
			afterAll(async () => {
				await transport?.close();
				await sshd?.stop();
			});

			const logins = () => sshd.log().match(/Accepted publickey/g)?.length ?? 0;
			const sent = () => path.join(here, 'sent');
			const brought = () => path.join(here, 'brought');
			const expectSame = async (file: string) =>
				expect((await readFile(file)).equals(content)).toBe(true);

			it('gets a large file over several connections, which end with it', async () => {
				const before = logins();
				const steps: number[] = [];
				await transport.upload(sent(), there, {onProgress: done => steps.push(done)});
				await expectSame(there);
				expect(steps).toEqual(steps.toSorted((a, b) => a - b));
				expect(steps.at(-1)).toBe(content.length);
				expect(logins()).toBeGreaterThan(before);
			});

			it('gives one over several connections', async () => {
				await writeFile(there, content);
				const before = logins();
				const chunks: number[] = [];
				await transport.download(there, brought(), {
					onChunk: (chunk, position) => chunks.push(position, chunk.length),
				});
				await expectSame(brought());
				// In order, without a hole.
				let end = 0;
				for (let index = 0; index < chunks.length; index += 2) {
					expect(chunks[index]).toBe(end);
					end += chunks[index + 1] as number;
				}

				expect(logins()).toBeGreaterThan(before);
				await rm(brought());
			});

			/** Breaks a transfer off when it has come so far. */
			async function breakOff(
				most: number,
				transfer: (options: CopyOptions) => Promise<void>,
			): Promise<void> {
				const controller = new AbortController();
				const onProgress = (done: number) => {
					if (done > most) {
						controller.abort();
					}
				};
				await expect(transfer({onProgress, signal: controller.signal})).rejects.toThrow();
			}

			it('has the whole file when an upload goes on that was broken off', async () => {
				await rm(there, {force: true});
				await breakOff(20_000_000, options => transport.upload(sent(), there, options));
				expect((await stat(there)).size).toBeGreaterThan(20_000_000);
				let begin: number | undefined;
				await transport.upload(sent(), there, {
					onProgress(done) {
						begin ??= done;
					},
				});
				// What had no answer is sent again, and no more.
				expect(begin).toBeGreaterThan(10_000_000);
				await expectSame(there);
			});

			it('gives a true beginning of a file, and then the rest', async () => {
				await writeFile(there, content);
				await breakOff(15_000_000, options => transport.download(there, brought(), options));
				const part = await readFile(brought());
				expect(part.length).toBeGreaterThan(15_000_000);
				expect(part.equals(content.subarray(0, part.length))).toBe(true);
				await transport.download(there, brought());
				await expectSame(brought());
			});
		});
	},
);
