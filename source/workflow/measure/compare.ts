/**
 * Compares a result with a reference, frame by frame and by index: the reference takes the result's
 * rate and size, and the shorter of both is the end.
 */
import {spawnSync} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import {CosmosError} from '../../domain/errors.js';
import type {MeasureValues} from '../../domain/runs/measures.js';
import {runFfmpeg} from '../run-ffmpeg.js';
import {frameReader} from './frame-reader.js';
import type {MeasureOptions} from './look.js';

/** A video, or an image, which is a video of one frame. */
export type Picture = {file: string; width: number; height: number; fps?: number};

/** Frames follow each other by their number, whatever their times are. */
const byIndex = 'settb=1/25,setpts=N';
const toNothing = ['-map', '[o]', '-f', 'null', '-'];
/** Decibels of equal pictures, whose ratio has no end. */
const mostPsnr = 100;
/** The blur, in pixels of a picture 720 high, that takes the details away. */
const blurSigma = 10;
/** The longest side of the pictures whose edges are compared, in pixels. */
const edgeSide = 640;

/** PSNR and SSIM of all planes, and VMAF where ffmpeg has libvmaf. */
export async function compareWith(
	result: Picture,
	reference: Picture,
	options: MeasureOptions = {},
): Promise<MeasureValues> {
	const graph = [
		`[0:v]${byIndex},format=yuv420p[a];`,
		`[1:v]${alike(result, reference)},format=yuv420p,split[b][c];`,
		'[a][b]psnr=shortest=1[p];[p][c]ssim=shortest=1,metadata=print:file=-[o]',
	].join('');
	const sums = await sumMetadata([result, reference], graph, options);
	const mse = sums.mean('lavfi.psnr.mse_avg');
	const psnr = mse > 0 ? Math.min(mostPsnr, 10 * Math.log10(255 ** 2 / mse)) : mostPsnr;
	const vmaf: MeasureValues = hasVmaf() ? {vmaf: await scoreVmaf(result, reference, options)} : {};
	return {psnr, ssim: sums.mean('lavfi.ssim.All'), ...vmaf} satisfies MeasureValues;
}

/** VMAF writes its scores into a file alone. */
async function scoreVmaf(
	result: Picture,
	reference: Picture,
	{signal}: MeasureOptions,
): Promise<number> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-vmaf-'));
	try {
		const graph = [
			`[0:v]${byIndex},format=yuv420p[a];[1:v]${alike(result, reference)},format=yuv420p[b];`,
			'[a][b]libvmaf=log_fmt=json:log_path=vmaf.json:shortest=1[o]',
		].join('');
		const cwd = folder;
		await runGraph([result, reference], graph, toNothing, {cwd, signal, onOutput: () => {}});
		const log: unknown = JSON.parse(await readFile(path.join(folder, 'vmaf.json'), 'utf8'));
		return vmafLog.parse(log).pooled_metrics.vmaf.mean;
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

const vmafLog = z.object({pooled_metrics: z.object({vmaf: z.object({mean: z.number()})})});

/** Structural similarity of the brightness of two blurred pictures. */
export async function compareBlurred(
	result: Picture,
	control: Picture,
	options: MeasureOptions = {},
): Promise<number> {
	const sigma = Math.max(0.5, (blurSigma * result.height) / 720);
	const graph = [
		`[0:v]${byIndex},format=gray,gblur=${sigma}[a];`,
		`[1:v]${alike(result, control)},format=gray,gblur=${sigma}[b];`,
		'[a][b]ssim=shortest=1,metadata=print:file=-[o]',
	].join('');
	const sums = await sumMetadata([result, control], graph, options);
	return sums.mean('lavfi.ssim.All');
}

/** How well the outlines of two pictures match. Each value is 0 to 1. */
export type Outlines = {
	/** Share of the result's outlines that the control has too. */
	precision: number;
	/** Share of the control's outlines that the result has too. */
	recall: number;
	/** The harmonic mean of both. */
	f1: number;
};

/**
 * Compares outlines, which may be up to 2 pixels off in a picture of 640 pixels.
 * @param kind `drawn`: the control has its edges drawn in white; `seen`: they are found in its picture
 */
export async function compareOutlines(
	result: Picture,
	control: Picture,
	kind: 'drawn' | 'seen',
	{signal, onProgress}: MeasureOptions = {},
): Promise<Outlines> {
	const scale = Math.min(1, edgeSide / Math.max(result.width, result.height));
	const width = Math.max(2, Math.round(result.width * scale));
	const height = Math.max(2, Math.round(result.height * scale));
	const size = `scale=${width}:${height}:flags=area`;
	const find = 'edgedetect=mode=wires';
	// Below each other: both outlines, and both two pixels wider on every side.
	const wide = 'dilation,dilation';
	const graph = [
		`[0:v]${byIndex},format=gray,${size},${find},split[r][r0];[r0]${wide}[rw];`,
		`[1:v]${alike({...result, width, height}, control)},format=gray,`,
		`${kind === 'drawn' ? '' : `${find},`}split[c][c0];[c0]${wide}[cw];`,
		'[r][rw][c][cw]vstack=inputs=4:shortest=1[o]',
	].join('');
	const pixels = width * height;
	let [drawn, drawnMet, wanted, wantedMet, frames] = [0, 0, 0, 0, 0];
	const isEdge = (frame: Uint8Array, at: number) => (frame[at] as number) >= 128;
	await runGraph([result, control], graph, ['-map', '[o]', '-f', 'rawvideo', 'pipe:1'], {
		signal,
		onOutput: frameReader(pixels * 4, frame => {
			for (let at = 0; at < pixels; at++) {
				if (isEdge(frame, at)) {
					drawn += 1;
					drawnMet += isEdge(frame, at + 3 * pixels) ? 1 : 0;
				}

				if (isEdge(frame, at + 2 * pixels)) {
					wanted += 1;
					wantedMet += isEdge(frame, at + pixels) ? 1 : 0;
				}
			}

			frames += 1;
			onProgress?.(frames, undefined);
		}),
	});
	if (frames === 0) {
		throw noFrames(result, control);
	}

	// Without any outline on either side there is nothing to miss.
	const precision = drawn === 0 ? 1 : drawnMet / drawn;
	const recall = wanted === 0 ? 1 : wantedMet / wanted;
	const both = precision + recall;
	return {precision, recall, f1: both === 0 ? 0 : (2 * precision * recall) / both};
}

/** The filters that give a reference the size, the rate and the moments of the result. */
function alike({width, height, fps}: Picture, reference: Picture): string {
	const rate =
		fps && reference.fps && Math.abs(fps / reference.fps - 1) > 0.01 ? [`fps=${fps}`] : [];
	const size =
		reference.width === width && reference.height === height
			? []
			: [`scale=${width}:${height}:flags=bicubic`];
	return [...rate, ...size, byIndex].join(',');
}

type Sums = {
	/** The mean of a value over all frames. @throws CosmosError (home) when no frame had it */
	mean: (key: string) => number;
};

/** Runs a graph whose filters print a value for each frame, and adds these up. */
async function sumMetadata(
	pictures: readonly [Picture, Picture],
	graph: string,
	{signal, onProgress}: MeasureOptions,
): Promise<Sums> {
	const sums = new Map<string, {sum: number; count: number}>();
	let rest = '';
	await runGraph(pictures, graph, toNothing, {
		signal,
		onOutput(chunk) {
			const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) {
				const [, key = '', value] = /^(lavfi\.\S+?)=(\S+)$/.exec(line.trim()) ?? [];
				if (value !== undefined && Number.isFinite(Number(value))) {
					const {sum, count} = sums.get(key) ?? {sum: 0, count: 0};
					sums.set(key, {sum: sum + Number(value), count: count + 1});
				}
			}

			onProgress?.(sums.get('lavfi.ssim.All')?.count ?? 0, undefined);
		},
	});
	return {
		mean(key) {
			const found = sums.get(key);
			if (!found) {
				throw noFrames(...pictures);
			}

			return found.sum / found.count;
		},
	};
}

async function runGraph(
	[result, reference]: readonly [Picture, Picture],
	graph: string,
	outputs: readonly string[],
	{cwd, signal, onOutput}: {cwd?: string; signal?: AbortSignal; onOutput: (chunk: Buffer) => void},
): Promise<void> {
	const {code, lastLine} = await runFfmpeg(
		[
			...['-threads', '2', '-i', `file:${result.file}`],
			...['-threads', '2', '-i', `file:${reference.file}`],
			...['-filter_complex', graph, '-r', '25', ...outputs],
		],
		{cwd, onOutput, signal},
	);
	if (code !== 0) {
		throw new CosmosError(
			'program-failed',
			`ffmpeg cannot compare ${result.file} with ${reference.file}: ${lastLine || `code ${code}`}`,
		);
	}
}

function noFrames(result: Picture, reference: Picture): CosmosError {
	return new CosmosError(
		'program-failed',
		`no frame of ${result.file} could be compared with ${reference.file}`,
		{hint: 'Does a player show both?'},
	);
}

let vmaf: boolean | undefined;

/** Whether this machine's ffmpeg was built with libvmaf. */
function hasVmaf(): boolean {
	vmaf ??= /\blibvmaf\b/.test(
		spawnSync('ffmpeg', ['-hide_banner', '-filters'], {encoding: 'utf8'}).stdout ?? '',
	);
	return vmaf;
}
