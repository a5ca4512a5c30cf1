import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Operation} from '../domain/settings/settings.js';
import {completeSettings} from '../domain/settings/settings-check.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {replaceFile} from '../store/documents/safe-file.js';
import type {KeptFile} from './kept-view-schema.js';

/** What the dashboard keeps from one start to the next. */
export type KeptView = Partial<
	Pick<
		DashboardState,
		'focus' | 'subject' | 'views' | 'filters' | 'lastForms' | 'touring' | 'listWidth' | 'mouse'
	>
>;

const fileIn = (dataDir: string) => path.join(dataDir, 'dashboard.json');
/** Milliseconds that the state stays the same before it is written. */
const restsFor = 1000;

/** What was kept from the last start; nothing when there is no file or it cannot be read. */
export async function readKeptView(dataDir: string): Promise<KeptView> {
	try {
		const text = await readFile(fileIn(dataDir), 'utf8');
		const {schema} = await import('./kept-view-schema.js');
		const {panel, ...kept} = schema.parse(JSON.parse(text));
		return {
			...kept,
			focus: panel,
			subject: panel,
			filters: {...kept.filters, queue: ''},
			lastForms: checkedForms(kept.lastForms),
		};
	} catch {
		// It is a convenience: a damaged file counts as none, and the next change overwrites it.
		return {};
	}
}

/** The forms whose values are still valid. */
function checkedForms(forms: KeptFile['lastForms']): DashboardState['lastForms'] {
	const checked: DashboardState['lastForms'] = {};
	for (const operation of Object.keys(forms) as Operation[]) {
		const {settings, host, model, mode} = forms[operation] ?? {};
		try {
			if (settings && host !== undefined) {
				// What a recipe has is known with the configuration; its form says what is wrong.
				if (operation !== 'recipe') {
					completeSettings(operation, settings, model, mode);
				}

				checked[operation] = {settings, host, ...(model && {model}), ...(mode && {mode})};
			}
		} catch {
			// A setting that is no longer valid: the form begins with its defaults.
		}
	}

	return checked;
}

/** Writes what is to be kept, when it has changed and then stayed the same for a moment. */
export function createViewStore(dataDir: string, first: DashboardState) {
	let timer: NodeJS.Timeout | undefined;
	let wanted = textOf(first);
	// A tour continues at the next start, even when nothing else has changed.
	let written = first.touring ? '' : wanted;
	let work = Promise.resolve();
	const write = () => {
		clearTimeout(timer);
		timer = undefined;
		if (wanted !== written) {
			written = wanted;
			// A disk that cannot be written to is reported by the lists.
			work = work.then(() => replaceFile(fileIn(dataDir), written)).catch(() => undefined);
		}

		return work;
	};

	return {
		follow(state: DashboardState) {
			const text = textOf(state);
			if (text !== wanted) {
				wanted = text;
				clearTimeout(timer);
				timer = setTimeout(write, restsFor);
			}
		},
		/** Writes what has not been written yet; resolves when it is on disk. */
		close: write,
	};
}

function textOf(state: DashboardState): string {
	const {subject, views, filters, touring, listWidth, mouse, lastForms} = state;
	const {prompts, runs} = filters;
	// By the next start the queue may be empty.
	const panel = subject === 'queue' ? 'runs' : subject;
	const kept = {panel, views, filters: {prompts, runs}, touring, listWidth, mouse, lastForms};
	return `${JSON.stringify(kept, undefined, 2)}\n`;
}
