import {gzipSync} from 'node:zlib';
import {defaultSettings} from '../default-settings.js';
import {noon} from './samples.js';

export const promptId = 'ps_0000000000aa';
export const runId = 'run_0000000000aa';

type Fields = Record<string, unknown>;

const prompt: Fields = {
	id: promptId,
	name: 'holiday',
	text: 'A street',
	negative: '',
	videoDir: '/videos',
	inputs: [input({})],
	createdAt: noon,
};

const run: Fields = {
	id: runId,
	promptId,
	promptName: 'holiday',
	promptText: 'A street',
	negative: '',
	operation: 'transfer',
	model: 'transfer1',
	settings: defaultSettings,
	host: 'demo',
	lane: 'gpu0',
	simulated: true,
	inputs: [{role: 'color', path: '/videos/color.mp4', size: 1000}],
	createdAt: noon,
	times: {ended: noon},
	owner: {pid: 1, startTime: '1', bootId: 'x', machine: 'm'},
	status: 'completed',
	exitCode: 0,
	outputs: [],
};

export const recipe = {
	name: 'denoise',
	command: ['sh', '-c', 'touch "$0"', '{outputs}'],
	inputs: ['color'],
	outputs: ['*.mp4'],
	timeLimit: 600,
};

function input(more: Fields): Fields {
	const video = {width: 320, height: 176, frames: 48, fps: 24};
	return {role: 'color', path: '/videos/color.mp4', size: 1000, ...video, ...more};
}

/** A block of a header as an attacker writes it: every field is free, the checksum is right. */
export function rawHeader(
	name: string | Buffer,
	{size = '00000000000', type = '0', magic = 'ustar\u000000'}: Partial<Raw> = {},
): Buffer {
	const block = Buffer.alloc(512);
	Buffer.from(name).copy(block, 0, 0, 100);
	block.write('0000600\0', 100);
	(typeof size === 'string' ? Buffer.from(size) : size).copy(block, 124, 0, 12);
	block.write(type, 156);
	block.write(magic, 257, 'latin1');
	block.fill(' ', 148, 156);
	const sum = block.reduce((total, byte) => total + byte, 0);
	block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return block;
}

type Raw = {size: string | Buffer; type: string; magic: string};

function padded(content: Buffer): Buffer {
	return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

const octal = (size: number) => size.toString(8).padStart(11, '0');

/** An entry as it should be. */
export function entry(name: string, content: string | Buffer = ''): Buffer {
	const bytes = Buffer.from(content);
	return Buffer.concat([rawHeader(name, {size: octal(bytes.length)}), padded(bytes)]);
}

/** An extended header before an entry; `length` may lie. */
function pax(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
	const text = Object.entries(records)
		.map(([key, value]) => {
			const rest = ` ${key}=${value}\n`;
			const guess = String(Buffer.byteLength(rest) + 2).length;
			return `${Buffer.byteLength(rest) + guess}${rest}`;
		})
		.join('');
	return Buffer.concat([
		rawHeader('pax', {size: octal(Buffer.byteLength(text)), type}),
		padded(Buffer.from(text)),
	]);
}

export function json(document: unknown, version = 4): string {
	return JSON.stringify({version, documents: [document]});
}

const begin = entry(
	'cosmos-export.json',
	JSON.stringify({format: 1, schema: 4, createdAt: noon, outputs: false, prompts: 1, runs: 1}),
);
const end = Buffer.concat([entry('cosmos-export.end', '\n'), Buffer.alloc(1024)]);

export const promptEntry = (more: Fields = {}) =>
	entry(`prompts/${promptId}.json`, json({...prompt, ...more}));
export const runEntry = (more: Fields = {}) =>
	entry(`runs/${runId}/run.json`, json({...run, ...more}));
const file = (name: string, content: string | Buffer = 'x') =>
	entry(`runs/${runId}/files/${name}`, content);

/** A whole archive around some entries. */
export function archiveOf(...entries: readonly Buffer[]): Buffer {
	return Buffer.concat([begin, ...entries, end]);
}

const both = (...more: readonly Buffer[]) => archiveOf(promptEntry(), runEntry(), ...more);
const withPrompt = (more: Fields) => archiveOf(promptEntry(more), runEntry());
const withRun = (more: Fields) => archiveOf(promptEntry(), runEntry(more));
const odd = (type: string) => both(rawHeader(`runs/${runId}/files/log`, {type}));
const sized = (size: string | Buffer) => both(rawHeader(`runs/${runId}/files/log`, {size}));
const asRecipe = (more: Fields) =>
	withRun({
		operation: 'recipe',
		model: 'denoise',
		settings: {seed: 1},
		recipe: {...recipe, ...more},
	});
const deep = (signs: string) => signs[0]?.repeat(2_000_000) + (signs[1]?.repeat(2_000_000) ?? '');
const escapes = '\u001b]52;c;cHduZWQ=\u0007\u001b[31m\u009b31m\u202e';

function megabytes(count: number): Buffer {
	return Buffer.alloc(count << 20, 120);
}

/** Many large records: each may be, all of them not. */
function manyRecords(): Buffer {
	const text = 'x'.repeat(3 << 20);
	const id = (index: number) => `ps_0000000${String(index).padStart(5, '0')}`;
	return archiveOf(
		...Array.from({length: 40}, (_, index) =>
			entry(`prompts/${id(index)}.json`, json({...prompt, id: id(index), text})),
		),
	);
}

/**
 * Archives as an enemy writes them. Each is refused with one line, or (`taken`) does no harm: what is
 * unsafe in it stays out.
 */
export const hostileArchives: ReadonlyArray<{
	kind: string;
	make: () => Buffer;
	says: RegExp | 'taken';
	/** Only looked at: to unpack so much takes minutes. */
	isDry?: boolean;
}> = [
	...[
		['an absolute path', '/tmp/evil'],
		['a path that leads out', `runs/${runId}/files/../../../evil`],
		['a path that leads out in its middle', `runs/${runId}/files/outputs/../../../../evil`],
		['a path with an empty part', `runs/${runId}/files//evil`],
		['a path with a dot', `runs/${runId}/files/./evil`],
		['a backslash in a name', `runs/${runId}/files/a\\b`],
		['a control character in a name', `runs/${runId}/files/a\nb\u001b]52;c;AA==\u0007`],
		['C1 characters in a name', `runs/${runId}/files/a\u009b31m`],
		['a name that ends in a slash', `runs/${runId}/files/evil/`],
		['a name of nothing', ''],
		['a place that no export has', 'notes.txt'],
		['an id that leads out', 'prompts/ps_../../../aaaa.json'],
		['an id of another kind', 'prompts/run_0000000000aa.json'],
	].map(([kind = '', name = '']) => ({
		kind,
		make: () => both(entry(name, 'evil')),
		says: /does not belong in an export/,
	})),
	...[
		['a hard link', '1'],
		['a symbolic link', '2'],
		['a character device', '3'],
		['a block device', '4'],
		['a folder', '5'],
		['a FIFO', '6'],
		['a contiguous file', '7'],
		['a sparse file', 'S'],
		['a file of several volumes', 'M'],
		['an unknown type', 'Z'],
	].map(([kind = '', type = '']) => ({
		kind,
		make: () => odd(type),
		says: /does not belong in an export/,
	})),
	{
		kind: 'a file below a link',
		make: () => both(rawHeader(`runs/${runId}/files/outputs`, {type: '2'}), file('outputs/a.mp4')),
		says: /does not belong in an export/,
	},
	{
		kind: 'a file below a file',
		make: () => both(file('a'), file('a/b')),
		says: /a file is in the way of a folder/,
	},
	{kind: 'a file twice', make: () => both(file('log'), file('log')), says: /twice/},
	{kind: 'a record twice', make: () => archiveOf(promptEntry(), promptEntry()), says: /twice/},
	{kind: 'a file before its record', make: () => archiveOf(file('log')), says: /before its record/},
	{
		kind: 'a size beyond all disks',
		make: () => sized(Buffer.from([0x80, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0])),
		says: /no room/,
	},
	{
		kind: 'a size in base 256 beyond all numbers',
		make: () => sized(Buffer.from([0x80, ...Array(11).fill(0xff)])),
		says: /impossible header/,
	},
	{
		kind: 'a negative size in base 256',
		make: () => sized(Buffer.from([0xff, ...Array(10).fill(0xff), 0x9c])),
		says: /not a tar archive, or it is damaged/,
	},
	{kind: 'a size that is no number', make: () => sized('zzzzzzzzzzz'), says: /damaged/},
	{
		kind: 'a negative size in an extended header',
		make: () => both(pax({size: '-5'}), file('log')),
		says: /damaged/,
	},
	{
		kind: 'a path that leads out in an extended header',
		make: () => both(pax({path: `runs/${runId}/files/../../evil`}), file('log')),
		says: /does not belong in an export/,
	},
	{
		kind: 'a path that leads out for all entries',
		make: () => archiveOf(pax({path: '../evil'}, 'g'), pax({comment: 'x'}), promptEntry()),
		says: /does not belong in an export/,
	},
	{
		kind: 'a long name of GNU that leads out',
		make: () =>
			both(
				rawHeader('././@LongLink', {type: 'L', size: octal(8)}),
				padded(Buffer.from('../evil')),
				file('log'),
			),
		says: /does not belong in an export/,
	},
	{
		kind: 'a path deeper than any',
		make: () => both(pax({path: `runs/${runId}/files/${'d/'.repeat(4000)}x`}), file('log')),
		says: /does not belong in an export/,
	},
	{
		kind: 'a name longer than a disk takes',
		make: () => both(pax({path: `runs/${runId}/files/${'d'.repeat(300)}`}), file('log')),
		says: /does not belong in an export/,
	},
	{
		kind: 'an extended header without an end',
		make: () => both(rawHeader('pax', {type: 'x', size: octal(64 << 20)}), megabytes(64)),
		says: /damaged/,
	},
	{
		kind: 'thousands of attributes',
		make: () => {
			const keys = Array.from({length: 5000}, (_, index) => [`k${index}`, 'v']);
			return both(pax(Object.fromEntries(keys)), file('log'));
		},
		says: /impossible header/,
	},
	{
		kind: 'a wrong checksum',
		make: () => {
			const bytes = both();
			bytes.write('9', begin.length + 3);
			return bytes;
		},
		says: /damaged/,
	},
	{kind: 'bytes of no tar', make: () => megabytes(1), says: /not a tar archive/},
	{kind: 'nothing', make: () => Buffer.alloc(0), says: /truncated/},
	{kind: 'zeros', make: () => Buffer.alloc(1 << 20), says: /truncated/},
	{kind: 'no end', make: () => both().subarray(0, -2048), says: /truncated/},
	{
		kind: 'an end in the middle of a file',
		make: () => both(file('log', megabytes(1))).subarray(0, -500_000),
		says: /truncated/,
	},
	{kind: 'a packed half', make: () => gzipSync(both()).subarray(0, -30), says: /truncated/},
	{
		kind: 'a packed file that is spoilt',
		make: () => {
			const bytes = gzipSync(both(file('log', megabytes(1))));
			bytes.fill(0xa5, 40, 80);
			return bytes;
		},
		says: /cannot be unpacked|damaged|truncated/,
	},
	{
		kind: 'something after its end',
		make: () => Buffer.concat([both().subarray(0, -1024), promptEntry(), Buffer.alloc(1024)]),
		says: /data after its end/,
	},
	{
		kind: 'a bomb in a file',
		make: () => gzipSync(both(file('log', Buffer.alloc(200 << 20)))),
		says: /200 times its size/,
	},
	{
		kind: 'a bomb in a record',
		make: () => gzipSync(archiveOf(entry(`prompts/${promptId}.json`, Buffer.alloc(100 << 20)))),
		says: /longer than 4.0 MiB/,
	},
	{
		kind: 'entries without end',
		make: () => {
			const headers = Array.from({length: 200_001}, (_, index) =>
				rawHeader(`runs/${runId}/files/${index}`),
			);
			return both(Buffer.concat(headers));
		},
		says: /more than 200000 entries/,
		isDry: true,
	},
	{kind: 'many large records', make: manyRecords, says: /take more than 64.0 MiB/},
	{
		kind: 'many packed large records',
		make: () => gzipSync(manyRecords()),
		says: /200 times|64.0 MiB/,
	},
	{
		kind: 'a record nested without end',
		make: () =>
			archiveOf(entry(`prompts/${promptId}.json`, `{"version":4,"documents":${deep('[]')}}`)),
		says: /nested more than 64 deep/,
	},
	{
		kind: 'a record nested in an unknown field',
		make: () => {
			const nested = '['.repeat(10_000) + ']'.repeat(10_000);
			const text = json(prompt).replace('"negative"', `"odd":${nested},"negative"`);
			return archiveOf(entry(`prompts/${promptId}.json`, text));
		},
		says: /nested more than 64 deep/,
	},
	{
		kind: 'a record of a million values',
		make: () => {
			const text = json(prompt).replace(
				'"negative"',
				`"odd":[${'[],'.repeat(1_000_000)}1],"negative"`,
			);
			return archiveOf(entry(`prompts/${promptId}.json`, text));
		},
		says: /more than 200000 values/,
	},
	{
		kind: 'a record that is no JSON',
		make: () => archiveOf(entry(`prompts/${promptId}.json`, '{')),
		says: /damaged/,
	},
	{
		kind: 'a record of another id',
		make: () => withPrompt({id: 'ps_0000000000bb'}),
		says: /does not contain/,
	},
	{kind: 'a record of a wrong type', make: () => withPrompt({text: {length: 5}}), says: /text/},
	{
		kind: 'a record of a newer version',
		make: () => archiveOf(entry(`prompts/${promptId}.json`, json(prompt, 999))),
		says: /newer cosmos/,
	},
	{
		kind: 'a name that leads out',
		make: () => withPrompt({name: '../victim/requirements'}),
		says: /is not a valid prompt name/,
	},
	{
		kind: 'a name with escapes',
		make: () => withPrompt({name: `n${escapes}`}),
		says: /is not a valid prompt name/,
	},
	{
		kind: 'a name without an end',
		make: () => withPrompt({name: 'n'.repeat(100_000)}),
		says: /is not a valid prompt name/,
	},
	{kind: 'a text of nothing', make: () => withPrompt({text: ' '}), says: /its text is empty/},
	{kind: 'a model that does not exist', make: () => withPrompt({model: '../x'}), says: /model/},
	{
		kind: 'an input of no role',
		make: () => withPrompt({inputs: [input({role: 'passwd'})]}),
		says: /role/,
	},
	{
		kind: 'two inputs of a role',
		make: () => withPrompt({inputs: [input({}), input({})]}),
		says: /two videos for one role/,
	},
	{
		kind: 'an input of a negative size',
		make: () => withPrompt({inputs: [input({size: -1})]}),
		says: /size/,
	},
	{
		kind: 'a path with a NUL',
		make: () => withPrompt({inputs: [input({path: '/etc/passwd\0.mp4'})]}),
		says: /cannot be a path/,
	},
	{kind: 'a rating beyond all stars', make: () => withPrompt({rating: 1e308}), says: /rating/},
	{
		kind: 'a tag with escapes',
		make: () => withPrompt({tags: [`t${escapes}`]}),
		says: /cannot be a tag/,
	},
	{
		kind: 'tags without end',
		make: () => withPrompt({tags: Array.from({length: 100_000}, (_, index) => `t${index}`)}),
		says: /tags/,
	},
	{
		kind: 'a setting of a sweep with escapes in its name',
		make: () => withRun({sweep: {id: 'sw_000000000000', axes: {[`seed${escapes}`]: 1}}}),
		says: /cannot be a name/,
	},
	{
		kind: 'a model server with escapes in its name',
		make: () => withRun({server: {name: escapes, kind: 'vllm-omni', checkpoint: 'x'}}),
		says: /cannot be a name/,
	},
	{kind: 'a note without end', make: () => withPrompt({note: 'n'.repeat(20_000)}), says: /note/},
	{
		kind: 'a host with escapes',
		make: () => withRun({host: `h${escapes}`}),
		says: /cannot be a name/,
	},
	{
		kind: 'settings beyond their range',
		make: () => withRun({settings: {...defaultSettings, seed: -1}}),
		says: /--seed/,
	},
	{
		kind: 'a setting of a wrong type',
		make: () => withRun({settings: {...defaultSettings, steps: 'x'}}),
		says: /steps/,
	},
	{
		kind: 'an output that leads out',
		make: () => withRun({outputs: [{name: '../../evil', size: 1, sha256: '0'.repeat(64)}]}),
		says: /relative file name/,
	},
	{
		kind: 'an output of another content',
		make: () =>
			archiveOf(
				promptEntry(),
				runEntry({outputs: [{name: 'a.mp4', size: 1, sha256: '0'.repeat(64)}]}),
				file('outputs/a.mp4'),
			),
		says: /hash differs/,
	},
	{kind: 'a recipe of an odd name', make: () => asRecipe({name: '../x'}), says: /recipe/},
	{
		kind: 'a recipe with outputs that lead out',
		make: () => asRecipe({outputs: ['../**']}),
		says: /leaves the output folder/,
	},
	{
		kind: 'a recipe with an unknown placeholder',
		make: () => asRecipe({command: ['{home}']}),
		says: /unknown placeholder/,
	},
	{
		kind: 'a recipe with a NUL in its command',
		make: () => asRecipe({command: ['a\0b']}),
		says: /NUL/,
	},
	// These are taken, without what would do harm.
	{
		kind: 'fields named after prototypes',
		make: () =>
			archiveOf(
				entry(
					`prompts/${promptId}.json`,
					json(prompt).replace(
						'"negative"',
						'"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"negative"',
					),
				),
				runEntry(),
			),
		says: 'taken',
	},
	{
		kind: 'an input anywhere',
		make: () => withPrompt({inputs: [input({path: '/etc/passwd'})]}),
		says: 'taken',
	},
	{
		kind: 'an input that is a device',
		make: () => withPrompt({inputs: [input({path: '/dev/zero'})]}),
		says: 'taken',
	},
	{
		kind: 'a confirmation and a mark of its own',
		make: () => withPrompt({unconfirmed: false, imported: {at: noon, archive: 'a'.repeat(64)}}),
		says: 'taken',
	},
	{kind: 'a command', make: () => asRecipe({}), says: 'taken'},
	{
		kind: "a claim on another's container",
		make: () =>
			withRun({
				uncleaned: true,
				jobId: 'job_0000000000aa',
				batch: {id: 'run_0000000000bb', index: 1, size: 2},
			}),
		says: 'taken',
	},
];
