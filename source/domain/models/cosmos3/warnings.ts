/** What a person should know before a run of Cosmos 3: what is ignored, and what NVIDIA advises against. */
import type {TransferSettings} from '../../settings/settings.js';
import type {Inputs} from '../family.js';
import type {Launch, Outlook, ResultVideo} from '../outlook.js';
import {findCheckpoint} from './checkpoints.js';
import {wholeFrames} from './geometry.js';
import {hintOrder, sourceIn, sourceRoles} from './hints.js';

/** Frames that the model was trained for, by resolution. */
const shortest = 24;
const longest: Readonly<Record<string, number>> = {
	256: 400,
	480: 300,
	704: 200,
	720: 200,
	768: 200,
};
const slowest = 10;
const fastest = 30;

/**
 * @param uses roles that the mode can use
 * @param resultOf what is made, where it is a video or a picture
 */
export function outlookFor(
	name: string,
	uses: readonly string[],
	resultOf?: (settings: TransferSettings, inputs: Inputs) => ResultVideo,
) {
	return ({settings, inputs}: Launch): Outlook => {
		const {frames, fps, resolution, checkpoint} = settings;
		const source = sourceIn(inputs.filter(({role}) => uses.includes(role)));
		const ignored = inputs
			.map(({role}) => role)
			.filter(role => [...hintOrder, ...sourceRoles].some(known => known === role))
			.filter(role => !uses.includes(role));
		const hides = source?.role === 'color' && uses.includes('image');
		const second = hides && inputs.some(({role}) => role === 'image');
		const count = wholeFrames(Number(frames));
		const most = longest[String(resolution)] ?? count;
		const isVideo = frames !== undefined && frames !== 1;
		const {trained} = findCheckpoint(checkpoint);
		return {
			...(resultOf && {result: resultOf(settings, inputs)}),
			warnings: [
				...ignored.map(role => `${role} is ignored: ${name} does not use it`),
				...(second ? ['image is ignored: color is the source'] : []),
				// A transfer is made in chunks, so its length does not matter.
				...(isVideo && name !== 'transfer' && (count < shortest || count > most)
					? [`${count} frames at ${resolution}: the model was trained for ${shortest} to ${most}`]
					: []),
				...(isVideo && (Number(fps) < slowest || Number(fps) > fastest)
					? [`${fps} frames per second: the model was trained for ${slowest} to ${fastest}`]
					: []),
				...(resolution !== undefined && !trained.includes(String(resolution))
					? [`resolution ${resolution}: ${checkpoint} was trained for ${trained.join(', ')}`]
					: []),
			],
		};
	};
}
