import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';

/** A row of a table of docs/security.md, and what its last cell says shows it. */
type Row = {title: string; files: string[]; names: string[]};

const filesIn = (words: string) =>
	[...words.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file);

/** @param section a heading's text; its tests stand in the rows, or in one file that is named before them */
function rowsOf(section: string): Row[] {
	const lines = section.split('\n');
	let before: string[] = [];
	return lines.flatMap((line, at) => {
		const isRow = line.startsWith('|') && lines.slice(0, at).some(one => /^\|\s*---/.test(one));
		const [, title = '', ...cells] = line.split('|').map(cell => cell.trim());
		const last = cells.at(-2) ?? '';
		if (!isRow || /^\|\s*---/.test(line) || /^\|\s*---/.test(lines[at + 1] ?? '')) {
			return [];
		}

		const names = [...last.matchAll(/\*([^*]+)\*/g)].map(([, name = '']) => name);
		const own = [...(last.startsWith('the same') ? before : []), ...filesIn(last)];
		const named = filesIn(
			lines
				.slice(0, at)
				.filter(one => !/^\| \w/.test(one) || one.includes('Test in'))
				.join(' '),
		);
		const files = names.length > 0 ? [...named, ...own] : own.length > 0 ? own : named;
		before = files;
		return [{title: title.slice(0, 50), files, names}];
	});
}

const rows = readFileSync('docs/security.md', 'utf8').split(/^## /m).slice(1).flatMap(rowsOf);

describe('docs/security.md', () => {
	it('has its tables', () => expect(rows.length).toBeGreaterThan(55));

	it('has a table in every section', () => {
		const sections = readFileSync('docs/security.md', 'utf8').split(/^## /m).slice(1);
		const without = sections.filter(section => rowsOf(section).length === 0);
		expect(without.map(section => section.split('\n')[0])).toEqual([]);
	});

	it.each(rows)('names a test that exists for: $title', ({files, names}) => {
		expect(files).not.toEqual([]);
		expect(files.filter(file => !existsSync(file))).toEqual([]);
		const sources = files
			.filter(file => file.endsWith('.ts'))
			.map(file => readFileSync(file, 'utf8'))
			.join('\n');
		// What stands for one case of a table is left out of the name.
		const missing = names.filter(name => !sources.includes(name.replaceAll('…', '').trim()));
		expect(missing).toEqual([]);
	});
});
