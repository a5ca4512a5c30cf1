import type {DashboardState} from '../../state/dashboard-state.js';

/** A folder is inspected when typing has paused for so long. Milliseconds. */
const inspectAfter = 150;

/** Has the folder of the prompt form inspected when typing pauses. */
export function createFolderWatch(inspect: (folder: string) => void) {
	let timer: NodeJS.Timeout | undefined;
	let asked = '';
	return {
		follow({overlay}: DashboardState) {
			const form = overlay?.kind === 'prompt' ? overlay.form : undefined;
			if (form?.folder.state !== 'looking') {
				asked = '';
			} else if (form.fields.folder.text !== asked) {
				asked = form.fields.folder.text;
				clearTimeout(timer);
				timer = setTimeout(() => inspect(asked), inspectAfter);
			}
		},
		close: () => clearTimeout(timer),
	};
}
