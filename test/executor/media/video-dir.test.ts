import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {createCanvas} from '../../../simulator/picture/canvas.js';
import {encodeVideo} from '../../../simulator/video-writer.js';
import {inspectFiles, inspectVideoDir} from '../../../source/executor/media/video-dir.js';

/** Pictures of 4 by 2 pixels as ffmpeg writes them, and a head of 5 by 3. */
const png = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAACXBIWXMAAAABAAAAAQBPJcTWAAAAEElEQVR4nGP4y8AARwzIHABuygfpbgaHdgAAAABJRU5ErkJggg==',
	'base64',
);
const jpeg = Buffer.from(
	'/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAgEBAQEBAUFBQUFBQYGBgYGBgYGBgYGBgYHBwcICAgHBwcGBgcHCAgICAkJCQgICAgJCQoKCgwMCwsODg4RERT/xABMAAEBAAAAAAAAAAAAAAAAAAAABgEBAQAAAAAAAAAAAAAAAAAABgcQAQAAAAAAAAAAAAAAAAAAAAARAQAAAAAAAAAAAAAAAAAAAAD/wAARCAACAAQDASIAAhEAAxEA/9oADAMBAAIRAxEAPwCLAFF/f//Z',
	'base64',
);
const webp = Buffer.from(
	'UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoEAAIAAgA0JaACdLoB+AADsAD+8Oj3/yC5YXXI1/8gP+QH/ID/+PIAAAA=',
	'base64',
);
const lossless = Buffer.from('UklGRhwAAABXRUJQVlA4TA8AAAAvA0AAAAcQ9Y/+ByKi/wEA', 'base64');
const extended = Buffer.from('UklGRhYAAABXRUJQVlA4WAoAAAAAAAAABAAAAgAA', 'base64');

let video: Uint8Array;
let folder: string;

beforeAll(async () => {
	const shape = {width: 32, height: 16, fps: 12, frames: 6};
	const black = createCanvas(32, 16);
	video = await encodeVideo(shape, {title: 'test', comment: 'test'}, () => black);
});

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'cosmos-videos-'));
});

afterEach(() => {
	rmSync(folder, {recursive: true, force: true});
});

function put(name: string, data: string | Uint8Array = video): string {
	const file = path.join(folder, name);
	writeFileSync(file, data);
	return file;
}

describe('inspectVideoDir', () => {
	it('reports size, length and rate of every role', async () => {
		for (const name of ['color.mp4', 'segmentation.mp4', 'depth.MP4', 'notes.txt']) {
			put(name);
		}

		const inputs = await inspectVideoDir(folder);
		expect(inputs.map(input => input.role)).toEqual(['color', 'depth', 'seg']);
		expect(inputs[0]).toEqual({
			role: 'color',
			path: path.join(folder, 'color.mp4'),
			size: video.length,
			modified: expect.any(Number),
			width: 32,
			height: 16,
			frames: 6,
			fps: 12,
		});
	});

	it('uses the only video of another name as the input', async () => {
		const file = put('shot 042.mp4');
		put('depth.mp4');
		const [input] = await inspectVideoDir(folder);
		expect(input).toMatchObject({role: 'color', path: file});
	});

	it.each([
		['an empty folder', [], 'has no video and no image', 'color.mp4'],
		[
			'several candidates',
			['a.mp4', 'b.mp4'],
			'no color video but 2 others: a.mp4, b.mp4',
			'Rename',
		],
		[
			'a role twice',
			['color.mp4', 'seg.mp4', 'segmentation.mp4'],
			'two videos for seg',
			'Keep one',
		],
		['two inputs', ['color.mp4', 'color.mov'], 'two videos for color', 'Keep one'],
	])('rejects %s', async (_name, files, message, hint) => {
		for (const file of files) {
			put(file);
		}

		await expect(inspectVideoDir(folder)).rejects.toMatchObject({
			message: expect.stringContaining(message),
			hint: expect.stringContaining(hint),
			exitCode: 2,
		});
	});

	it('takes control videos without a main video', async () => {
		put('depth.mp4');
		put('thumbnail.png', png);
		expect((await inspectVideoDir(folder)).map(({role}) => role)).toEqual(['depth']);
	});

	it.each([
		['image.png', () => png, 4, 2],
		['photo 7.JPG', () => jpeg, 4, 2],
		['still.webp', () => webp, 4, 2],
		['lossless.webp', () => lossless, 4, 2],
		['extended.webp', () => extended, 5, 3],
	])('takes the only image of a folder without videos: %s', async (name, data, width, height) => {
		const file = put(name, data());
		expect(await inspectVideoDir(folder)).toEqual([
			{
				...{role: 'image', path: file, size: data().length, width, height, kind: 'image'},
				modified: expect.any(Number),
			},
		]);
	});

	it('takes the one that is called video among several videos of no known name', async () => {
		put('video.mp4');
		put('take-2.mp4');
		expect(await inspectVideoDir(folder)).toMatchObject([
			{role: 'color', path: path.join(folder, 'video.mp4')},
		]);
	});

	it('does not choose among several images', async () => {
		put('a.png', png);
		put('b.png', png);
		await expect(inspectVideoDir(folder)).rejects.toThrow('no image image but 2 others');
	});

	it.each([
		['text', 'this is no image'],
		['nothing at all', ''],
		['the first bytes of a PNG', () => png.subarray(0, 12)],
	])('refuses an image file that holds %s', async (_name, data) => {
		const file = put('image.png', typeof data === 'function' ? data() : data);
		await expect(inspectVideoDir(folder)).rejects.toThrow(`${file} cannot be read as an image`);
	});

	it('rejects a missing folder', async () => {
		const missing = path.join(folder, 'nowhere');
		await expect(inspectVideoDir(missing)).rejects.toThrow(
			`video folder ${missing}: there is no such folder`,
		);
	});

	it('rejects a file instead of a folder', async () => {
		await expect(inspectVideoDir(put('color.mp4'))).rejects.toThrow('it is a file, not a folder');
	});

	it.each([
		['text', 'this is no video'],
		['nothing at all', ''],
		['half a video', 'half'],
	])('rejects a video file that contains %s, and names it', async (_name, data) => {
		const file = put('color.mp4', data === 'half' ? video.subarray(0, 200) : data);
		await expect(inspectVideoDir(folder)).rejects.toMatchObject({
			message: expect.stringContaining(`${file} cannot be read as a video`),
			exitCode: 2,
		});
	});

	it('rejects a folder with a video’s name', async () => {
		mkdirSync(path.join(folder, 'color.mp4'));
		await expect(inspectVideoDir(folder)).rejects.toThrow('color.mp4: it is not a regular file');
	});

	it('rejects an unreadable file', async () => {
		const file = put('color.mp4');
		chmodSync(file, 0);
		await asOrdinaryUser(folder, async () => {
			await expect(inspectVideoDir(folder)).rejects.toThrow(`cannot read ${file}`);
		});
	});
});

describe('inspectFiles', () => {
	it('takes no file at all', async () => {
		expect(await inspectFiles([])).toEqual([]);
	});

	it('knows what each file is for by its name, the word before it, or its kind', async () => {
		const files = [
			put('depth.mp4'),
			put('shot 042.mp4'),
			`edge=${put('lines.mov')}`,
			put('a.png', png),
		];
		expect((await inspectFiles(files)).map(({role}) => role)).toEqual([
			'color',
			'image',
			'edge',
			'depth',
		]);
	});

	it('knows a role by the name of its files, and the source as video', async () => {
		const [one, two] = [put('a.mp4'), put('b.mp4')];
		expect(await inspectFiles([`video=${one}`, `segmentation=${two}`])).toMatchObject([
			{role: 'color', path: one},
			{role: 'seg', path: two},
		]);
	});

	it('takes a file whose own name has an equals sign', async () => {
		const file = put('a=b.mp4');
		expect(await inspectFiles([file])).toMatchObject([{role: 'color', path: file}]);
	});

	it('takes files of any role and of other kinds, for recipes', async () => {
		const [camera, poses, sound] = ['camera.json', 'b.csv', 'street.wav'].map(name => {
			const file = put(name);
			writeFileSync(file, 'words');
			return file;
		}) as [string, string, string];
		const inputs = await inspectFiles([camera, `poses=${poses}`, `sound=${sound}`]);
		const facts = {size: 5, modified: expect.any(Number)};
		expect(inputs).toEqual([
			{role: 'camera', path: camera, ...facts, kind: 'json'},
			{role: 'poses', path: poses, ...facts, kind: 'text'},
			{role: 'sound', path: sound, ...facts, kind: 'audio'},
		]);
	});

	it.each(['1.json', 'My Camera (1).json', 'übung.txt'])(
		'asks for the role of %s, whose name can be none',
		async name => {
			const file = put(name);
			await expect(inspectFiles([file])).rejects.toMatchObject({
				code: 'bad-input',
				message: `${file}: its name cannot be a role`,
				hint: expect.stringContaining(`ROLE=${file}`),
			});
			writeFileSync(file, '{}');
			expect(await inspectFiles([`camera=${file}`])).toMatchObject([{role: 'camera'}]);
		},
	);

	it('refuses two files for one role, and what is of no kind', async () => {
		await expect(inspectFiles([put('a.mp4'), put('b.mp4')])).rejects.toThrow('two files for color');
		await expect(inspectFiles([put('a.exr')])).rejects.toThrow('neither a video nor an image');
	});
});

/** Root may read everything, so root steps down to see what others see. */
async function asOrdinaryUser(open: string, work: () => Promise<void>): Promise<void> {
	if (process.geteuid?.() !== 0) {
		await work();
		return;
	}

	chmodSync(open, 0o755);
	process.seteuid?.(65_534);
	try {
		await work();
	} finally {
		process.seteuid?.(0);
	}
}
