/** Presses, drags and the wheel, reported in decimal numbers (xterm's modes 1000, 1002 and 1006). */
const begin = '\u001b[?1000h\u001b[?1002h\u001b[?1006h';
const end = '\u001b[?1006l\u001b[?1002l\u001b[?1000l';
const report = /\u001b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])/g;

/** Columns and rows are counted from 0. */
export type MouseReport = {
	action: 'press' | 'drag' | 'release' | 'up' | 'down';
	column: number;
	row: number;
};

/** The mouse of the terminal, while the dashboard wants it. */
export type Mouse = {
	/** Takes the terminal's reports out of the input. */
	read: (text: string) => string;
	/** Whether the terminal is to report it; without that it selects text by itself. */
	want: (isWanted: boolean) => void;
	/** Runs a task that has the terminal for itself. */
	suspend: (task: () => Promise<void>) => Promise<void>;
	close: () => void;
};

export function createMouse(
	write: (sequence: string) => void,
	onReport: (report: MouseReport) => void,
): Mouse {
	let isWanted = false;
	let isOn = false;
	let isSuspended = false;
	const apply = () => {
		const next = isWanted && !isSuspended;
		if (next !== isOn) {
			isOn = next;
			write(isOn ? begin : end);
		}
	};

	return {
		read(text) {
			// A paste cannot come from a mouse.
			if (text.includes('\u001b[200~')) {
				return text;
			}

			// What the terminal sent just before it received the stop is no text either.

			return text.replaceAll(report, (_, button, column, row, final) => {
				const action = actionOf(Number(button), final === 'M');
				if (action && isOn) {
					onReport({action, column: Number(column) - 1, row: Number(row) - 1});
				}

				return '';
			});
		},
		want(next) {
			isWanted = next;
			apply();
		},
		async suspend(task) {
			isSuspended = true;
			apply();
			try {
				await task();
			} finally {
				isSuspended = false;
				apply();
			}
		},
		close() {
			isWanted = false;
			apply();
		},
	};
}

/** The left button and the wheel; what is held with shift, alt or control belongs to the terminal. */
function actionOf(button: number, isPress: boolean): MouseReport['action'] | undefined {
	switch (button) {
		case 0:
			return isPress ? 'press' : 'release';
		case 32:
			return isPress ? 'drag' : 'release';
		case 64:
			return 'up';
		case 65:
			return 'down';
		default:
			return undefined;
	}
}
