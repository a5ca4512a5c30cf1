import type {Job, JobPart} from '../../domain/queue/job.js';
import {kindOfRequest} from '../../domain/settings/settings-tables.js';
import {describePoint} from '../../domain/sweep/combine.js';
import type {ShownJob} from '../../workflow/queue/queue-types.js';

/** `city-night`, `upscale city-night`, `batch ×4: city-night, desert-dusk, …`. */
export function jobText({parts}: Job): string {
	if (parts.length === 1) {
		return partText(parts[0] as JobPart);
	}

	const names = [...new Set(parts.map(partText))];
	const shown = names.slice(0, 3).join(', ');
	return `batch ×${parts.length}: ${shown}${names.length > 3 ? ', …' : ''}`;
}

function partText({name, request}: JobPart): string {
	const kind = kindOfRequest(request);
	const point = request.sweep ? ` (${describePoint(request.sweep.axes)})` : '';
	return `${kind === 'transfer' ? '' : `${kind} `}${name}${point}`;
}

/** Why a job waits, and its runs. */
export function jobNote({job, note}: ShownJob): string {
	const runs = job.parts.map(({runId}) => runId).filter(id => id !== undefined);
	const own = runs.length === 1 ? runs : runs.length > 1 ? [`${runs.length} runs`] : [];
	const seen = own.filter(id => !note.includes(id));
	return [note, ...seen].filter(Boolean).join('; ');
}
