/**
 * What becomes of inputs as people have them: at create (or prepare), in the form, in the dry run and at
 * the launch. ffmpeg makes every file here.
 */
import {spawnSync} from 'node:child_process';
import {
	copyFileSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {inspectVideo} from '../../source/executor/media/inspect-file.js';
import {outlookRows} from '../../source/screens/launch/form-outlook.js';
import {launchForm, problemsIn} from '../../source/screens/launch/launch-form.js';
import {available} from '../lab/available.js';
import {exrFile} from './exr-file.js';
import {openShell, type Shell} from './in-process.js';

/** A folder of inputs, and what makes a file in it with ffmpeg. */
type Place = {at: (name: string) => string; make: (name: string, ...words: string[]) => void};

type Row = {
	what: string;
	put: (place: Place) => void;
	/** After the prompt was created. */
	then?: (place: Place) => void;
	/** Frames, of which `cosmos prepare` makes the videos first. */
	isFrames?: boolean;
	model?: string;
	/** What each step says; what begins with `refused: ` ends it with exit code 2. */
	create: string;
	/** What the launch form shows, of the prompt as it was created. @default what the dry run says */
	form?: string;
	dryRun?: string;
	/** Frames and rate of the result; the simulator makes 48 frames at most. */
	launch?: string;
};

const source = (size = '160x90', rate = '24', seconds = '0.5') => [
	...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const copyHalf = ({at, make}: Place, name: string, part: number, ...words: string[]) => {
	make(name, ...source('160x90', '24', '4'), ...h264, ...words);
	truncateSync(at(name), Math.floor(statSync(at(name)).size * part));
};

/** A video that is taken as it is: 12 frames of 24 a second. */
function whole(what: string, name: string, ...words: string[]): Row {
	return {
		what,
		put: ({make}) => make(name, ...source(), ...words),
		create: '160×90, 12 frames',
		dryRun: 'result: 1280×704, 12 frames, 0.5 s at 24 fps',
		launch: '12 frames, 24 fps',
	};
}

/** A video of another shape. */
function shaped(
	what: string,
	shape: [string, string?, string?],
	said: Omit<Row, 'what' | 'put'>,
): Row {
	return {what, put: ({make}) => make('color.mp4', ...source(...shape), ...h264), ...said};
}

function refused(what: string, put: Row['put'], why: string): Row {
	return {what, put, create: `refused: ${why}`};
}

/** A control beside a color of 160×90, 48 frames, 24 fps. */
function beside(
	what: string,
	name: string,
	shape: [string, string, string],
	said: Omit<Row, 'what' | 'put' | 'create'> & {create?: string},
): Row {
	return {
		what,
		put({make}) {
			make('color.mp4', ...source('160x90', '24', '2'), ...h264);
			make(name, ...source(...shape), ...h264);
		},
		create: 'color',
		...said,
	};
}

/** A video that is no longer what it was. */
function later(what: string, then: Row['put'], dryRun: string, launch?: string): Row {
	return {
		what,
		put: ({make}) => make('color.mp4', ...source(), ...h264),
		then,
		create: '160×90, 12 frames, 24 fps',
		form: '12 frames, 0.5 s at 24 fps',
		dryRun,
		...(launch && {launch}),
	};
}

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1\n`;
const pngs =
	(name: string, ...words: string[]) =>
	(place: Place) =>
		place.make(name, ...source(), ...words);
const flat = (value: number) => Array.from({length: 32 * 18}, () => value);
const exr = (options: object) =>
	exrFile({
		width: 32,
		height: 18,
		channels: {B: flat(0.5), G: flat(0.5), R: flat(0.5)},
		...options,
	});

const rows: readonly Row[] = [
	// Containers and codecs.
	whole('H.264 in MP4', 'color.mp4', ...h264),
	whole('H.264 with its index in front', 'color.mp4', ...h264, '-movflags', '+faststart'),
	whole('H.264 in fragments', 'color.mp4', ...h264, '-movflags', 'frag_keyframe+empty_moov'),
	whole('H.264 in QuickTime', 'color.mov', ...h264),
	whole('H.264 in M4V', 'color.m4v', '-f', 'mp4', ...h264),
	whole('H.264 of 10 bits', 'color.mp4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p10le'),
	whole('H.264 without loss of colour', 'color.mp4', '-c:v', 'libx264', '-pix_fmt', 'yuv444p'),
	whole('H.265', 'color.mp4', '-c:v', 'libx265', '-preset', 'ultrafast'),
	whole('MPEG-4 part 2', 'color.mov', '-c:v', 'mpeg4'),
	whole('Motion JPEG', 'color.mov', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'),
	whole('ProRes', 'color.mov', '-c:v', 'prores'),
	whole('VP9 in MP4', 'color.mp4', '-c:v', 'libvpx-vp9', '-deadline', 'realtime'),
	whole('an upper-case ending', 'COLOR.MP4', ...h264),
	whole('a name of its own', 'a walk (2).mp4', ...h264),
	{
		...whole('a video with sound', 'color.mp4'),
		put: ({make}) =>
			make('color.mp4', ...source(), '-f', 'lavfi', '-i', 'sine=d=0.5', ...h264, '-shortest'),
	},
	...(['mkv', 'webm'] as const).map(
		(ending): Row => ({
			...whole(`a video in ${ending}`, `color.${ending}`),
			put: ({make}) =>
				make(
					`color.${ending}`,
					...source(),
					...(ending === 'mkv' ? h264 : ['-c:v', 'libvpx-vp9', '-deadline', 'realtime']),
				),
			dryRun: 'result: 1280×704, 12 frames, 0.5 s at 24 fps',
		}),
	),

	// Shapes and rates.
	shaped('10 frames a second', ['160x90', '10', '2'], {
		create: '20 frames, 10 fps',
		dryRun: 'result: 1280×704, 20 frames, 2.0 s at 10 fps',
		launch: '20 frames, 10 fps',
	}),
	shaped('30 frames a second', ['160x90', '30', '0.4'], {
		create: '12 frames, 30 fps',
		dryRun: 'at 30 fps',
		launch: '12 frames, 30 fps',
	}),
	shaped('the rate of cinema', ['160x90', '24000/1001', '0.5'], {
		create: '12 frames, 23.976 fps',
		dryRun: '12 frames, 0.5 s at 24 fps',
		launch: '12 frames, 24 fps',
	}),
	shaped('a portrait', ['90x160'], {
		create: '90×160, 12 frames',
		dryRun: 'result: 704×1280, 12 frames',
		launch: '12 frames, 24 fps',
	}),
	shaped('a square', ['96x96'], {
		create: '96×96, 12 frames',
		dryRun: 'result: 960×960, 12 frames',
		launch: '12 frames, 24 fps',
	}),
	shaped('an aspect of cinema', ['240x100'], {
		create: 'color is 240×100: the model stretches it to 1280×704',
		dryRun: 'warning: color is 240×100: the model stretches it to 1280×704',
		launch: '12 frames, 24 fps',
	}),
	shaped('several clips', ['160x90', '24', '6'], {
		create: '144 frames, 24 fps',
		dryRun: '144 frames, 6.0 s at 24 fps, in 2 clips',
		launch: '48 frames, 24 fps',
	}),

	// Files that are no video.
	refused('an empty file', ({at}) => writeFileSync(at('color.mp4'), ''), 'it is empty'),
	refused('half a file', place => copyHalf(place, 'color.mp4', 0.5), 'its index is missing'),
	refused(
		'half a file with its index in front',
		place => copyHalf(place, 'color.mp4', 0.5, '-movflags', '+faststart'),
		'the end of its data is missing',
	),
	refused(
		'a file without its last bytes',
		place => copyHalf(place, 'color.mp4', 0.99, '-movflags', '+faststart'),
		'the end of its data is missing',
	),
	refused('half a Matroska', place => copyHalf(place, 'color.mkv', 0.9), 'the end of its data'),
	refused(
		'half a file of fragments',
		place => copyHalf(place, 'color.mp4', 0.5, '-movflags', 'frag_keyframe+empty_moov'),
		'the end of its data is missing',
	),
	refused(
		'zeros behind half a file',
		place => {
			copyHalf(place, 'color.mp4', 0.5, '-movflags', '+faststart');
			truncateSync(place.at('color.mp4'), 2 * statSync(place.at('color.mp4')).size);
		},
		'the end of its data is missing',
	),
	refused('zeros', ({at}) => writeFileSync(at('color.mp4'), Buffer.alloc(9999)), 'but zeros'),
	refused('a pointer', ({at}) => writeFileSync(at('color.mp4'), pointer), 'a Git LFS pointer'),
	refused('HTML', ({at}) => writeFileSync(at('color.mp4'), '<!doctype html>'), 'a web page'),
	refused('a text', ({at}) => writeFileSync(at('color.mp4'), 'todo\n'), 'it is a text file'),
	refused('a link', ({at}) => symlinkSync('gone.mp4', at('color.mp4')), 'is a link to gone.mp4'),
	refused('a folder', ({at}) => mkdirSync(at('color.mp4')), 'it is not a regular file'),
	refused('sound', ({make}) => make('color.mp4', '-f', 'lavfi', '-i', 'sine=d=1'), 'it has sound'),
	refused(
		'a picture named .mp4',
		({at, make}) => {
			make('a.png', ...source(), '-frames:v', '1');
			copyFileSync(at('a.png'), at('color.mp4'));
			rmSync(at('a.png'));
		},
		'it is a PNG image',
	),
	...['avi', 'gif', 'mpg', 'ts'].map(ending =>
		refused(
			`a container: ${ending}`,
			({make}) => make(`color.${ending}`, ...source()),
			`color.${ending} is a`,
		),
	),
	refused(
		'a codec of archives',
		({make}) => make('color.mov', ...source(), '-c:v', 'qtrle'),
		'codec (rle)',
	),
	refused('no file', () => undefined, 'has no video and no image'),
	refused(
		'two videos',
		({make}) => {
			make('a.mp4', ...source(), ...h264);
			make('b.mp4', ...source(), ...h264);
		},
		'no color video but 2 others: a.mp4, b.mp4',
	),
	{
		...whole('the file of macOS beside it', 'shot.mp4', ...h264),
		put({at, make}) {
			make('shot.mp4', ...source(), ...h264);
			writeFileSync(at('._shot.mp4'), 'Mac OS X');
		},
	},

	// Controls beside their source.
	beside('a shorter control', 'depth.mp4', ['160x90', '24', '1'], {
		create: 'warning: depth has 24 frames, color 48: the result has 24',
		dryRun: 'warning: depth has 24 frames, color 48: the result has 24',
		launch: '24 frames, 24 fps',
	}),
	beside('a longer control', 'segmentation.mp4', ['160x90', '24', '3'], {
		dryRun: 'seg has 72 frames, color 48: the result has 48',
		launch: '48 frames, 24 fps',
	}),
	beside('a control of another rate', 'edge.mp4', ['160x90', '30', '1.6'], {
		dryRun: 'edge has 30 fps, color 24',
		launch: '48 frames, 24 fps',
	}),
	beside('a control of another aspect', 'depth.mp4', ['90x160', '24', '2'], {
		create: 'warning: depth is 90×160 and color 160×90',
		dryRun: 'refused: depth is 90×160 and color 160×90',
	}),
	beside('a control of another size', 'depth.mp4', ['320x180', '24', '2'], {
		dryRun: 'result: 1280×704, 48 frames',
		launch: '48 frames, 24 fps',
	}),
	{
		...beside('a control that fits, for Transfer2.5', 'depth.mp4', ['160x90', '24', '2'], {
			dryRun: '48 frames, 2.0 s at 24 fps',
			launch: '48 frames, 24 fps',
		}),
		model: 'transfer2.5',
	},
	refused(
		'a control in a container that is not read',
		({make}) => {
			make('color.mp4', ...source(), ...h264);
			make('depth.avi', ...source());
		},
		'depth.avi is an AVI file',
	),

	// Pictures.
	...['png', 'jpg', 'webp'].map(
		(ending): Row => ({
			what: `a picture: ${ending}`,
			put: ({make}) => make(`image.${ending}`, ...source(), '-frames:v', '1'),
			create: '160×90, image',
			form: 'needs color, and this prompt has none',
			dryRun: 'refused: transfer1 needs color',
		}),
	),
	{
		what: 'a picture that becomes a video',
		put: ({make}) => make('image.png', ...source(), '-frames:v', '1'),
		model: 'cosmos3',
		create: '160×90, image',
		dryRun: 'result: 1280×720, 189 frames, 7.9 s at 24 fps',
	},
	refused('a text named .png', ({at}) => writeFileSync(at('a.png'), 'x'), 'it is a text file'),

	// Inputs that change after the prompt was created.
	later(
		'rendered anew',
		({make}) => make('color.mp4', ...source('192x108', '24', '1'), ...h264),
		'color.mp4 has changed since the prompt was created: 24 frames, 192×108 now, 12 frames, 160×90 then',
		'24 frames, 24 fps',
	),
	later(
		'saved again',
		({at}) => utimesSync(at('color.mp4'), 1, 1),
		'color.mp4 has changed since the prompt was created: same length, size and rate',
		'12 frames, 24 fps',
	),
	later('emptied', ({at}) => writeFileSync(at('color.mp4'), ''), 'refused: it is empty'),
	later(
		'cut off',
		({at}) => truncateSync(at('color.mp4'), statSync(at('color.mp4')).size >> 1),
		'refused: it is cut off',
	),
	later('removed', ({at}) => rmSync(at('color.mp4')), 'refused: is missing: there is no file'),
	later('made a pointer', ({at}) => writeFileSync(at('color.mp4'), pointer), 'refused: a Git LFS'),

	// Frames.
	...[
		['color.####.png', 'color.%04d.png'],
		['frame_####.png', 'frame_%04d.png'],
		['Image####.jpg', 'Image%04d.jpg'],
		['a shot with a version', 'shot010_beauty.v002.%04d.png'],
	].map(
		([what = '', name = '']): Row => ({
			...whole(`frames: ${what}`, 'color.mp4'),
			put: pngs(name),
			isFrames: true,
		}),
	),
	{
		...whole('frames in a folder for each pass', 'color.mp4'),
		put({at, make}) {
			for (const folder of ['rgb', 'depth', 'normals']) {
				mkdirSync(at(folder));
				make(`${folder}/%d.png`, ...source());
			}
		},
		isFrames: true,
		create: 'depth.mp4',
	},
	{
		what: 'frames in EXR with depth in metres',
		put({at}) {
			for (const number of [1, 2, 3]) {
				writeFileSync(at(`beauty.000${number}.exr`), exr({}));
				const metres = exr({channels: {Z: flat(0).map((_, index) => 1 + (index % 32))}});
				writeFileSync(at(`depth.000${number}.exr`), metres);
			}
		},
		isFrames: true,
		create: 'white 1 m, black 32 m',
		dryRun: '3 frames',
		launch: '3 frames, 24 fps',
	},
	...(
		[
			['cut off', ({at}) => truncateSync(at('color.0006.png'), 200), 'color.0006.png is cut off'],
			['empty', ({at}) => writeFileSync(at('color.0006.png'), ''), 'color.0006.png is empty'],
			['missing', ({at}) => rmSync(at('color.0006.png')), 'frame 6 of color is missing'],
			[
				'damaged inside',
				({at}) => {
					const bytes = readFileSync(at('color.0006.png'));
					bytes.fill(0, 60, 300);
					writeFileSync(at('color.0006.png'), bytes);
				},
				'color.0006.png is damaged',
			],
		] as const satisfies ReadonlyArray<readonly [string, Row['put'], string]>
	).map(
		([what, spoil, why]): Row => ({
			what: `a frame that is ${what}`,
			put(place) {
				pngs('color.%04d.png')(place);
				spoil(place);
			},
			isFrames: true,
			create: `refused: ${why}`,
		}),
	),
	{
		...refused(
			'frames in ACEScg',
			({at}) =>
				writeFileSync(
					at('color.0001.exr'),
					exr({
						chromaticities: [0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.321_68, 0.337_67],
					}),
				),
			'color.0001.exr has ACEScg',
		),
		isFrames: true,
	},
	{
		...refused(
			'frames whose names say nothing',
			place => {
				pngs('a_%04d.png')(place);
				pngs('b_%04d.png')(place);
			},
			'it has a_0001.png … a_0012.png, b_0001.png … b_0012.png',
		),
		isFrames: true,
	},
];

describe.skipIf(!available('ffmpeg'))('an input', () => {
	let shell: Shell;
	beforeAll(async () => {
		shell = await openShell();
	});
	afterAll(() => shell.close());

	const run = async (...words: string[]) => {
		const env = {COSMOS_SIMULATE_STEP: '0'};
		const {code, stdout, stderr} = await shell.cosmos(words, {env});
		return {code, stdout, said: `${stdout}${stderr}`};
	};

	function check({code, said}: {code: number; said: string}, wanted: string): boolean {
		const isRefused = wanted.startsWith('refused: ');
		expect(said).toContain(wanted.replace('refused: ', ''));
		expect(code).toBe(isRefused ? 2 : 0);
		return !isRefused;
	}

	/** What the form shows below its fields. */
	async function formOf(id: string, model: string): Promise<string> {
		const prompt = (await shell.store.getPrompt(id)) ?? expect.fail('no prompt');
		const target = {operation: 'transfer', prompts: [prompt], together: false} as const;
		const form = launchForm({target, hosts: ['demo'], host: 'demo', model});
		const rows = [...outlookRows(form, 300, 9), ...Object.values(problemsIn(form))];
		return rows
			.join('\n')
			.replaceAll(/\u001b\[[0-9;]*m/g, '')
			.trim();
	}

	it('is one of at least 60 kinds', () => {
		expect(rows.length).toBeGreaterThanOrEqual(60);
		expect(new Set(rows.map(({what}) => what)).size).toBe(rows.length);
	});

	it.for(rows.map((row, index) => ({...row, index})))(
		'is answered at every step: $what',
		async row => {
			const folder = path.join(shell.folder, `inputs-${row.index}`);
			mkdirSync(folder);
			const place: Place = {
				at: name => path.join(folder, name),
				make(name, ...words) {
					const call = ['-nostdin', '-loglevel', 'quiet', '-y', ...words, name];
					expect(spawnSync('ffmpeg', call, {cwd: folder}).status).toBe(0);
				},
			};
			row.put(place);
			const model = row.model ?? 'transfer1';
			if (row.isFrames) {
				const prepared = await run('prepare', folder);
				if (row.create.startsWith('refused: ') || /mp4|white/.test(row.create)) {
					if (!check(prepared, row.create)) {
						return;
					}
				}

				expect(prepared.code).toBe(0);
			}

			const created = await run('create', 'prompt', 'A street', folder, '--model', model);
			if (row.isFrames && /mp4|white/.test(row.create)) {
				expect(created.code).toBe(0);
			} else if (!check(created, row.create)) {
				return;
			}

			const form = row.form ?? row.dryRun;
			if (form !== undefined) {
				expect(await formOf(created.stdout.trim(), model)).toContain(
					form.replace(/^(?:refused|warning|result): /, ''),
				);
			}

			row.then?.(place);
			const words = ['inference', created.stdout.trim(), '--host', 'demo', '--model', model];
			if (row.dryRun !== undefined && !check(await run(...words, '--dry-run'), row.dryRun)) {
				check(await run(...words), row.dryRun);
				return;
			}

			if (row.launch !== undefined) {
				const launched = await run(...words, '--steps', '1');
				expect(launched.code).toBe(0);
				const printed = launched.stdout.split(/[\n\t]/);
				const result = printed.find(word => word.endsWith('/output.mp4')) ?? '';
				const {frames, fps} = await inspectVideo('color', result);
				expect(`${frames} frames, ${fps} fps`).toBe(row.launch);
			}
		},
	);
});
