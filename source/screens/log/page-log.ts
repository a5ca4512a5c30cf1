import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Writable} from 'node:stream';
import {CosmosError} from '../../domain/errors.js';
import {createLineDecoder} from '../../domain/runs/log-lines.js';
import type {LogFile} from '../../store/log-file.js';

const chunkSize = 256 * 1024;

/**
 * Shows a log in the user's pager, cleaned as on the screen, and resolves when both are closed. The
 * terminal has to be free for it.
 * @throws CosmosError (usage) when there is no such program
 */
export async function pageLog(log: LogFile, env: NodeJS.ProcessEnv): Promise<void> {
	const words = env.PAGER?.trim() || 'less -R';
	// As git does: a pager is a command line, and `less` is told to show colours.
	const pager = spawn('/bin/sh', ['-c', words], {
		stdio: ['pipe', 'inherit', 'inherit'],
		env: {...env, LESS: env.LESS ?? 'R'},
	});
	const ended = once(pager, 'close');
	// A pager that is left before the end closes its input.
	pager.stdin.on('error', () => undefined);
	try {
		await sendLog(log, pager.stdin, ended);
	} finally {
		pager.stdin.end();
		await log.close();
	}

	const [code] = await ended;
	if (code === 127) {
		throw new CosmosError('usage', `there is no program "${words}" to show the log in`, {
			hint: 'Set PAGER to one, such as less.',
		});
	}
}

/** @param ended settles when nobody reads any more */
async function sendLog(log: LogFile, pager: Writable, ended: Promise<unknown>): Promise<void> {
	const decoder = createLineDecoder();
	for (let at = 0; pager.writable; ) {
		const chunk = await log.read(at, at + chunkSize);
		if (chunk.length === 0) {
			break;
		}

		at += chunk.length;
		const text = decoder.push(chunk).map(line => `${line.text}\n`);
		if (!pager.write(text.join(''))) {
			// Not `once`, which a closed input makes an error.
			const drained = new Promise(resolve => pager.once('drain', resolve));
			await Promise.race([drained, ended]);
		}
	}

	const last = decoder.pending().text;
	pager.write(last === '' ? '' : `${last}\n`);
}
