// Draws the videos of the sample prompts anew: samples/<name>/{color,depth,segmentation}.mp4.
// The same pictures come out every time; the files are part of the repository.
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {build} from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Pixels, frames a second, frames. */
const shape = {width: 320, height: 176, fps: 24, frames: 48};

const samples = [
	{folder: 'city-night', place: 'city', light: 'night', seed: 20, colorQuality: 31},
	{folder: 'desert-dusk', place: 'desert', light: 'dusk', seed: 7, colorQuality: 20},
];

/** File name and what it shows. */
const videos = [
	['color', 'color'],
	['depth', 'depth'],
	['segmentation', 'seg'],
];

/** The drawing code, bundled so that plain Node can load it. */
async function loadDrawing() {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-samples-'));
	const outfile = path.join(folder, 'drawing.mjs');
	await build({
		stdin: {
			contents: `
				export {createPainter} from './picture/painter.js';
				export {sceneOf} from './picture/scene.js';
				export {encodeVideo} from './video-writer.js';`,
			resolveDir: path.join(root, 'source/simulator'),
		},
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node20',
		banner: {
			js: `import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);`,
		},
		outfile,
	});
	try {
		return await import(pathToFileURL(outfile).href);
	} finally {
		await rm(folder, {recursive: true});
	}
}

const {createPainter, sceneOf, encodeVideo} = await loadDrawing();
for (const {folder, place, light, seed, colorQuality} of samples) {
	const scene = sceneOf(place, light, seed);
	for (const [name, picture] of videos) {
		// 10 is best; the files are to stay small.
		const quality = picture === 'color' ? colorQuality : 28;
		const paint = createPainter(scene, picture, shape.width, shape.height);
		const tags = {
			title: `Sample ${folder}: ${name}`,
			comment: 'Drawn by a program; no camera and no model made it.',
		};
		const bytes = await encodeVideo(shape, tags, frame => paint(frame / shape.fps), quality);
		const file = path.join(root, 'samples', folder, `${name}.mp4`);
		await writeFile(file, bytes);
		console.log(`${path.relative(root, file)}: ${bytes.length} bytes`);
	}
}
