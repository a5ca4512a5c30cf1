import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {isEncrypted} from '../../../source/executor/transport/ssh-key-files.js';
import {available} from '../../lab/available.js';

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-keys-'));
});
afterAll(() => rmSync(folder, {recursive: true}));

const formats = [
	['ed25519', 'OpenSSH'],
	['rsa', 'OpenSSH'],
	['rsa', 'PEM'],
	['ecdsa', 'PKCS8'],
] as const;

it.skipIf(!available('sshd')).each(formats)(
	'knows from a key of ssh-keygen whether it has a passphrase: %s, %s',
	(type, format) => {
		const words = format === 'OpenSSH' ? [] : ['-m', format];
		for (const passphrase of ['', 'secret']) {
			const file = path.join(folder, `${type}-${format}-${passphrase}`);
			execFileSync('ssh-keygen', ['-q', '-t', type, ...words, '-N', passphrase, '-f', file]);
			expect(isEncrypted(readFileSync(file, 'utf8'))).toBe(passphrase !== '');
		}
	},
);

it.each([
	['PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: a\n', true],
	['PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: a\n', false],
	['', false],
	['no key', false],
	['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', false],
	[
		'-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----',
		false,
	],
])('says of %j: %s', (text, is) => {
	expect(isEncrypted(text)).toBe(is);
});
