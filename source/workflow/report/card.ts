/** A run's card in the gallery of a report. The first ones are written into the page, the rest made by it. */
import {removeHidden} from '../../domain/runs/log-lines.js';
import type {Report, ReportRun} from './report.js';

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Text for HTML, in content and in quoted attributes; without marks that turn the direction of what follows. */
export const escapeHtml = (text: string) =>
	removeHidden(text).replaceAll(/[&<>"']/g, sign => entities[sign] ?? sign);

export function cardHtml(run: ReportRun, differing: Report['differing']): string {
	const [first] = run.outputs.filter(({kind}) => kind !== 'other');
	const image = first?.poster ?? (first?.kind === 'image' ? first.src : undefined);
	const picture =
		image === undefined
			? `<span class="none">${escapeHtml(first ? first.name : run.status)}</span>`
			: `<img loading="lazy" decoding="async" alt="" src="${escapeHtml(image)}">`;
	const own = run.settings.filter(({key}) => differing.includes(key));
	const settings = own.map(({key, text}) => `${key} ${text}`).join(' · ');
	const marks = [
		run.pick === 'yes' ? '<b class="good">picked</b>' : '',
		run.pick === 'no' ? '<b class="bad">rejected</b>' : '',
		run.rating > 0
			? `<span class="stars" title="${run.rating} of 5">${'★'.repeat(run.rating)}</span>`
			: '',
		...run.flags.map(flag => `<b class="bad">${escapeHtml(flag)}</b>`),
		run.status === 'completed' ? '' : `<b class="bad">${escapeHtml(run.status)}</b>`,
	].join(' ');
	return `<li class="card" data-id="${escapeHtml(run.id)}"><button type="button" class="open">${picture}<strong>${escapeHtml(run.name)}</strong></button><p>${escapeHtml(settings)}</p><p class="marks">${marks}</p><label><input type="checkbox" class="mark"> compare</label></li>`;
}
