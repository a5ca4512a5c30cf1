import {createPrivateKey, type KeyObject} from 'node:crypto';
import {messageOf} from '../../domain/errors.js';

/**
 * A private key in PKCS#8, as openssl and cloud consoles write them, in a form that ssh2 reads.
 * Undefined for a text that is none; an error where the passphrase does not fit or the kind of key is
 * none of SSH's.
 */
export function readPkcs8(text: string, passphrase?: string): string | Error | undefined {
	if (!/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----\s*$/m.test(text)) {
		return undefined;
	}

	try {
		const key = createPrivateKey({key: text, format: 'pem', passphrase: passphrase ?? ''});
		switch (key.asymmetricKeyType) {
			case 'rsa':
				return key.export({type: 'pkcs1', format: 'pem'}).toString();
			case 'ec':
				return key.export({type: 'sec1', format: 'pem'}).toString();
			case 'ed25519':
				return openSshKey(key);
			default:
				return new Error(`SSH has no keys of the kind ${key.asymmetricKeyType}`);
		}
	} catch (error) {
		return new Error(messageOf(error));
	}
}

/** An Ed25519 key in OpenSSH's own form (PROTOCOL.key): no other form has it. */
function openSshKey(key: KeyObject): string {
	const {x = '', d = ''} = key.export({format: 'jwk'});
	const publicKey = Buffer.from(x, 'base64url');
	const type = field('ssh-ed25519');
	const check = Buffer.alloc(8, 1);
	const secret = Buffer.concat([
		check,
		type,
		field(publicKey),
		field(Buffer.concat([Buffer.from(d, 'base64url'), publicKey])),
		field(''),
	]);
	const padding = Buffer.from(Array.from({length: 8 - (secret.length % 8)}, (_, i) => i + 1));
	const whole = Buffer.concat([
		Buffer.from('openssh-key-v1\0'),
		...['none', 'none', ''].map(field),
		Buffer.from([0, 0, 0, 1]),
		field(Buffer.concat([type, field(publicKey)])),
		field(Buffer.concat([secret, padding])),
	]);
	const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
	return [
		'-----BEGIN OPENSSH PRIVATE KEY-----',
		...lines,
		'-----END OPENSSH PRIVATE KEY-----',
		'',
	].join('\n');
}

/** A string of the SSH protocol: its length before it. */
function field(content: string | Buffer): Buffer {
	const bytes = Buffer.from(content);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(bytes.length);
	return Buffer.concat([length, bytes]);
}
