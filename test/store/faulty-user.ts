// `store-user.ts` on a faulty disk: `FAULT VERB …`, where FAULT is `kill:N` or `kill:N:done`, to be
// killed in the N-th call that the store makes of the file system before it is done or, `done`, after
// (a write is cut in the middle then), or `sync:N`, from which call on every fsync fails. The call that
// it is killed in is the last line of its output: `killed NAME`.
import {writeSync} from 'node:fs';
import fs, {type FileHandle, open} from 'node:fs/promises';
import {syncBuiltinESMExports} from 'node:module';

const [fault = '', ...words] = process.argv.slice(2);
const [kind, number, half] = fault.split(':');
const at = Number(number);
let calls = 0;

type Call = (...args: unknown[]) => Promise<unknown>;

/** Puts a fault around a method. @param cut does a part of what the call is to do; default: all */
function spoil(
	object: object,
	name: string,
	cut = (real: Call, self: unknown, args: unknown[]) => real.apply(self, args),
) {
	const methods = object as Record<string, Call>;
	const real = methods[name] as Call;
	methods[name] = async function (this: unknown, ...args) {
		const call = ++calls;
		if (kind === 'kill' && call === at) {
			if (half === 'done') {
				await cut(real, this, args).catch(() => undefined);
			}

			writeSync(1, `killed ${name}${half === 'done' ? ' done' : ''}\n`);
			process.kill(process.pid, 'SIGKILL');
			// The signal comes a moment later.
			return new Promise(() => undefined);
		}

		if (kind === 'sync' && call >= at && name === 'sync') {
			throw Object.assign(new Error('EIO: i/o error, fsync'), {code: 'EIO'});
		}

		return real.apply(this, args);
	};
}

const handle: FileHandle = await open(process.execPath);
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const realWrite = prototype.write as Call;
const halfOf = (data: unknown) => String(data).slice(0, String(data).length / 2);
spoil(prototype, 'writeFile', (_, self, [data]) => realWrite.call(self, halfOf(data)));
spoil(fs, 'writeFile', (real, self, [file, data, ...rest]) =>
	real.call(self, file, halfOf(data), ...rest),
);
for (const name of ['sync', 'close']) {
	spoil(prototype, name);
}

for (const name of ['open', 'mkdir', 'link', 'copyFile', 'rename', 'unlink', 'rm', 'readdir']) {
	spoil(fs, name);
}

syncBuiltinESMExports();
process.argv.splice(2, process.argv.length, ...words);
await import('./store-user.js');
