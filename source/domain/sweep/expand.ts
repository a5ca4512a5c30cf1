import type {LaunchRequest} from '../settings/launch-request.js';
import {type Axis, combine, type Point, type SweepShape} from './combine.js';
import {alternativesIn, fillTemplate} from './template.js';

/** The id of a sweep that has none yet. */
export const unnamedSweep = '';

/**
 * A request as many times as its settings, and the alternatives of its text, have combinations; itself where
 * there is nothing to vary.
 * @param request of a prompt whose text is a template it has that as `text`
 * @throws CosmosError (usage) for axes that do not fit each other
 */
export function expandRequest(
	request: LaunchRequest,
	settingAxes: readonly Axis[],
	shape: SweepShape = {},
): LaunchRequest[] {
	const template = templateOf(request);
	const axes = axesOfRequest(request, settingAxes);
	if (axes.length === 0) {
		return [request];
	}

	const settingsAt = (point: Point) =>
		Object.fromEntries(settingAxes.map(({name}) => [name, point[name]]));
	return combine(axes, shape).map(
		point =>
			({
				...request,
				...(template !== undefined && {text: fillTemplate(template, point)}),
				settings: {...request.settings, ...settingsAt(point)},
				sweep: {id: unnamedSweep, axes: point},
			}) as LaunchRequest,
	);
}

/** What the runs of a request differ in: its settings, and the alternatives of its text. */
export function axesOfRequest(request: LaunchRequest, settingAxes: readonly Axis[]): Axis[] {
	return [...settingAxes, ...alternativesIn(templateOf(request) ?? '')];
}

const templateOf = (request: LaunchRequest) =>
	'promptId' in request && 'text' in request ? request.text : undefined;

/** The text of a prompt that is a template, for a request. */
export function templateText({text}: {text: string}): {text?: string} {
	return alternativesIn(text).length > 0 ? {text} : {};
}

/** Requests of one launch, their sweep with an id. */
export function nameSweep(requests: readonly LaunchRequest[], id: string): LaunchRequest[] {
	return requests.map(request =>
		request.sweep?.id === unnamedSweep ? {...request, sweep: {...request.sweep, id}} : request,
	);
}
