import type {DashboardState} from '../../state/dashboard-state.js';
import {unseenIn} from './prompt-form.js';

/** What is typed is looked at when typing has paused for so long. Milliseconds. */
const lookAfter = 150;

/** Has the files that the prompt form names looked at when typing pauses. */
export function createInputWatch(look: (word: string) => void) {
	let timer: NodeJS.Timeout | undefined;
	let asked: readonly string[] = [];
	return {
		follow({overlay}: DashboardState) {
			const unseen = overlay?.kind === 'prompt' ? unseenIn(overlay.form) : [];
			if (unseen.join('\0') === asked.join('\0')) {
				return;
			}

			asked = unseen;
			clearTimeout(timer);
			if (unseen.length > 0) {
				timer = setTimeout(() => unseen.forEach(look), lookAfter);
			}
		},
		close: () => clearTimeout(timer),
	};
}
