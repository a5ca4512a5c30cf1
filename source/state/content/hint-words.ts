/** What to do after a failure, by what the dashboard has: fields in place of flags, keys in place of verbs. */
import {flagName, type Kind} from '../../domain/settings/settings.js';
import {kinds, tableOfKind} from '../../domain/settings/settings-tables.js';
import type {DashboardState} from '../dashboard-state.js';
import {keyOf} from '../keys/keymap.js';

/** The dashboard's command for a verb of the command line. */
const commands: Readonly<Record<string, string>> = {
	fetch: 'fetch',
	recover: 'fetch',
	rerun: 'rerun',
	restore: 'trash',
	status: 'host',
	doctor: 'host',
	kill: 'stop',
};

/**
 * A hint in the dashboard's words; what it has nothing for stays as it is.
 * @param kind that of the run, whose fields are meant. @default any
 */
export function hintWords(state: DashboardState, hint: string, kind?: Kind): string {
	const rows = kind ? tableOfKind(kind) : kinds.flatMap(tableOfKind);
	const labels = new Map(rows.map(({key, label}) => [flagName(key), label]));
	return hint
		.replaceAll(/`cosmos (\w+)[^`]*`/g, (whole, verb: string) => {
			const command = commands[verb];
			return command === undefined ? whole : keyOf(state, command);
		})
		.replaceAll(/--(?:no-)?[a-z][a-z-]*/g, flag => {
			const label = labels.get(flag.replace('--no-', '--'));
			return label === undefined ? flag : flag.startsWith('--no-') ? `${label} off` : label;
		});
}
