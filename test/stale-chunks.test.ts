import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {removeStaleChunks} from '../scripts/stale-chunks.mjs';

function folder(): string {
	const dist = mkdtempSync(path.join(tmpdir(), 'cosmos-dist-'));
	onTestFinished(() => rmSync(dist, {recursive: true}));
	return dist;
}

/** As a build writes them, some the same as before. */
function build(dist: string, ...chunks: string[]): void {
	mkdirSync(path.join(dist, 'chunks'), {recursive: true});
	for (const name of chunks) {
		writeFileSync(path.join(dist, 'chunks', name), name);
	}

	const outputs = Object.fromEntries(chunks.map(name => [`dist/chunks/${name}`, {}]));
	writeFileSync(path.join(dist, 'metafile.json'), JSON.stringify({outputs}));
}

it('keeps the chunks of the last build until the next one, for a dashboard that is open', async () => {
	const dist = folder();
	const chunks = () => readdirSync(path.join(dist, 'chunks')).sort();
	build(dist, 'a-1.js', 'b-1.js');
	await removeStaleChunks(dist);
	expect(chunks()).toEqual(['a-1.js', 'b-1.js']);
	build(dist, 'a-1.js', 'b-2.js');
	expect(chunks()).toEqual(['a-1.js', 'b-1.js', 'b-2.js']);
	await removeStaleChunks(dist);
	expect(chunks()).toEqual(['a-1.js', 'b-2.js']);
});

it('needs no build before it', async () => {
	const dist = path.join(folder(), 'none');
	await removeStaleChunks(dist);
	expect(existsSync(dist)).toBe(false);
});
