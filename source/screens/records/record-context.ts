import type {Context} from '../../state/dashboard-state.js';

/** The keys of dialogs that save one text: tags, a note, a name. */
export const recordContext: Context = {
	name: 'record',
	title: 'Tags, note, name; name of a preset',
	order: 42,
};
