import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {errorCodes, exitCodes} from '../../source/domain/error-codes.js';
import {CosmosError, hasCode, reportOf} from '../../source/domain/errors.js';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const sources = readdirSync(path.join(root, 'source'), {recursive: true, encoding: 'utf8'})
	.filter(name => /\.tsx?$/.test(name) && !name.endsWith('error-codes.ts'))
	.map(name => [name, read(path.join('source', name))] as const);

describe('the codes of errors', () => {
	it.each(errorCodes.map(row => [row.code, row] as const))(
		'%s is in the manual with its exit code, and is used',
		(code, {kind, meaning}) => {
			expect(read('docs/cli.md')).toContain(`| \`${code}\` | ${exitCodes[kind]} | ${meaning} |`);
			const isUsed = sources.some(([, text]) => text.includes(`'${code}'`));
			expect(isUsed || code in exitCodes).toBe(true);
		},
	);

	it('are each there once', () => {
		const codes = errorCodes.map(({code}) => code);
		expect(new Set(codes).size).toBe(codes.length);
	});

	it('decide the exit code of an error', () => {
		for (const {code, kind} of errorCodes) {
			const error = new CosmosError(code, 'a message', {hint: 'a hint'});
			expect([error.kind, error.exitCode]).toEqual([kind, exitCodes[kind]]);
			expect(reportOf(error)).toEqual({
				code,
				message: 'a message',
				hint: 'a hint',
				exitCode: exitCodes[kind],
			});
			expect(hasCode(error, code)).toBe(true);
		}

		expect(reportOf(new Error('a fault'))).toMatchObject({code: 'internal', exitCode: 70});
		expect(hasCode(new Error('internal'), 'internal')).toBe(false);
	});
});

/** Where words of an error are compared: `/x/.test(error.message)`, `messageOf(error) === …`. */
const comparisons = [
	/\.(?:test|exec)\(\s*(?:messageOf\(|\w+\.message\b)/,
	/\b(?:error|cause|reason)\.message(?:\.(?:includes|startsWith|endsWith|match|search)\(|\s*===)/,
	/messageOf\([^)]*\)(?:\.(?:includes|startsWith|endsWith|match|search)\(|\s*===)/,
];

it.each(sources)('%s recognises no error by its words', (_name, text) => {
	expect(comparisons.filter(pattern => pattern.test(text))).toEqual([]);
});
