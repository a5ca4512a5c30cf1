import {describe, expect, it} from 'vitest';
import {findSequences} from '../../../source/domain/inputs/sequence.js';

/** Frames 1 to 3 (or from another number on) of each name, in which # stands for the number. */
function frames(...names: string[]): string[] {
	return names.flatMap(name =>
		[1, 2, 3].map(number =>
			name.replace(/#+/, hashes => String(number).padStart(hashes.length, '0')),
		),
	);
}

const find = (names: readonly string[], patterns = {}) => findSequences('DIR', names, patterns);
const rolesIn = (...names: string[]) =>
	Object.fromEntries(find(frames(...names)).sequences.map(({role, name}) => [role, name]));

describe('the sequences of a folder', () => {
	it.each<[string, string[], Record<string, string>]>([
		['this program', ['color.####.png'], {color: 'color.####.png'}],
		['ffmpeg', ['frame_####.png'], {color: 'frame_####.png'}],
		['no beginning', ['####.png'], {color: '####.png'}],
		[
			'no dot',
			['color####.png', 'depth####.png'],
			{color: 'color####.png', depth: 'depth####.png'},
		],
		[
			'the writer of Isaac Sim',
			['rgb_####.png', 'distance_to_camera_####.png', 'semantic_segmentation_####.png'],
			{
				color: 'rgb_####.png',
				depth: 'distance_to_camera_####.png',
				seg: 'semantic_segmentation_####.png',
			},
		],
		[
			'Houdini',
			['shot.####.exr', 'shot_depth.####.exr'],
			{color: 'shot.####.exr', depth: 'shot_depth.####.exr'},
		],
		['a shot', ['shot010_color.####.png'], {color: 'shot010_color.####.png'}],
		['beauty', ['beauty.####.exr', 'Z.####.exr'], {color: 'beauty.####.exr', depth: 'Z.####.exr'}],
		[
			'Blender',
			['Image####.jpg', 'Depth####.exr'],
			{color: 'Image####.jpg', depth: 'Depth####.exr'},
		],
		[
			'a folder for each pass',
			['rgb/####.png', 'depth/####.png', 'seg/frame_####.png'],
			{color: 'rgb/####.png', depth: 'depth/####.png', seg: 'seg/frame_####.png'},
		],
		[
			'folders whose files are all images',
			['beauty/image_####.png', 'depth/image_####.png'],
			{color: 'beauty/image_####.png', depth: 'depth/image_####.png'},
		],
		['upper case', ['COLOR.####.PNG'], {color: 'COLOR.####.PNG'}],
		['words grown together', ['shot010Beauty.####.png'], {color: 'shot010Beauty.####.png'}],
		[
			'masks',
			['color.####.png', 'edge_mask.####.png', 'depth.####.png', 'depth_mask.####.png'],
			{
				color: 'color.####.png',
				edge_mask: 'edge_mask.####.png',
				depth: 'depth.####.png',
				depth_mask: 'depth_mask.####.png',
			},
		],
		[
			'a blur',
			['color.####.png', 'blur.####.png'],
			{color: 'color.####.png', vis: 'blur.####.png'},
		],
		[
			'versions, of which the highest counts',
			['color.v001.####.png', 'color.v010.####.png', 'color.v009.####.png'],
			{color: 'color.v010.####.png'},
		],
		['numbers without zeros', ['color_#.png'], {color: 'color_#.png'}],
	])('are found by the names of %s', (_who, names, found) => {
		expect(rolesIn(...names)).toEqual(found);
	});

	it('say which version is taken, and what no model takes', () => {
		const names = [
			...['color.v001.####.png', 'color.v002.####.png', 'normals_####.png'],
			...['instance_id_segmentation_####.png', 'motion_vectors_####.exr'],
		];
		expect(find(frames(...names)).notes).toEqual([
			'color.v002.####.png is taken: it is newer than color.v001.####.png',
			'normals_####.png is left out: normals are not an input of any model',
			'instance_id_segmentation_####.png is left out: ids are not an input of any model',
			'motion_vectors_####.exr is left out: motion vectors are not an input of any model',
		]);
	});

	it('say which of another format would have a role', () => {
		const names = frames('rgb_####.png', 'distance_to_camera_####.npy', 'camera_params_####.json');
		expect(find(names)).toMatchObject({
			sequences: [{role: 'color'}],
			notes: [
				'distance_to_camera_####.npy is left out: .npy is not read; write PNG, JPEG or OpenEXR',
			],
		});
	});

	it.each([
		['with signs', 'take_####.png'],
		['with printf', 'take_%04d.png'],
		['from here', './take_####.png'],
	])('are named by a pattern %s', (_how, color) => {
		const names = frames('take_####.png', 'other_####.png', 'depth.####.png');
		const {sequences} = find(names, {color});
		expect(sequences.map(({role, name}) => [role, name])).toEqual([
			['color', 'take_####.png'],
			['depth', 'depth.####.png'],
		]);
	});

	it('have a pattern for ffmpeg in which a percent sign is one', () => {
		expect(find(frames('100%_####.png')).sequences[0]).toMatchObject({
			pattern: '100%%_%04d.png',
			start: 1,
			files: ['100%_0001.png', '100%_0002.png', '100%_0003.png'],
		});
	});

	it.each<[string, string[], object, string, string]>([
		[
			'names that say nothing',
			[...frames('a_####.png', 'b_####.png'), 'notes.txt', 'x.blend', 'y.blend'],
			{},
			'DIR has no color sequence; it has a_0001.png … a_0003.png, b_0001.png … b_0003.png, 1 .txt, 2 .blend',
			'Or say which: --color frame_####.png',
		],
		['no frames', ['notes.txt'], {}, 'DIR has no color sequence; it has 1 .txt', 'color.0001.png'],
		['nothing', [], {}, 'DIR has no color sequence; it has no files', ''],
		[
			'two sequences for one role',
			frames('color.####.png', 'beauty.####.exr'),
			{},
			'two sequences for color: color.####.png and beauty.####.exr',
			"Say which: --color 'color.####.png'",
		],
		[
			'a pattern that fits nothing',
			frames('color.####.png'),
			{color: 'take_####.png'},
			'DIR has no frames named take_####.png',
			'It has color.####.png.',
		],
		['a pattern that is none', [], {depth: 'd.png'}, '"d.png" is not a pattern of frames', '####'],
		[
			'another count',
			[...frames('color.####.png'), 'depth.0001.png'],
			{},
			'depth has 1 frames, color 3',
			'',
		],
	])('are refused with %s', (_what, names, patterns, message, hint) => {
		expect(() => find(names, patterns)).toThrow(
			expect.objectContaining({message, hint: expect.stringContaining(hint)}),
		);
	});
});
