import {type NoticeKind, type NoticeTime, noticeSequence} from '../domain/notice.js';
import {cleanText} from '../domain/runs/log-lines.js';
import {isUnfinished} from '../domain/runs/run-status.js';
import type {ShownRun} from '../domain/types.js';
import type {DashboardState} from '../state/dashboard-state.js';

/** Focus reporting on and off, and the window's title saved and restored (xterm's control sequences). */
const begin = '\u001b[22;2t\u001b[?1004h';
const end = '\u001b[?1004l\u001b[23;2t';
const focusReport = /\u001b\[([IO])/g;
const beginPaste = '\u001b[200~';
/** Characters of a name in the title. */
const longestName = 40;

export type AttentionParts = {
	notice: NoticeKind;
	noticeWhen: NoticeTime;
	/** Whether the terminal understands more than its bell. */
	isKnown: boolean;
	write: (sequence: string) => void;
	dashboard: {
		state: () => DashboardState;
		subscribe: (onChange: () => void) => () => void;
	};
};

/** The title of the terminal's window, and notifications of runs that end while nobody looks. */
export type Attention = {
	/** Takes the terminal's focus reports out of the input. */
	read: (text: string) => string;
	/** Runs a task that has the terminal for itself. */
	suspend: (task: () => Promise<void>) => Promise<void>;
	close: () => void;
};

export function createAttention(parts: AttentionParts): Attention {
	const {notice, noticeWhen, isKnown, write, dashboard} = parts;
	const kind = notice === 'auto' ? 'bell' : notice;
	/** Until the terminal reports otherwise: whoever has started the dashboard looks at it. */
	let isFocused = true;
	let isSuspended = false;
	let title = '';
	let {runs} = dashboard.state();

	const setTitle = () => {
		const next = titleOf(dashboard.state());
		if (isKnown && !isSuspended && next !== title) {
			title = next;
			write(`\u001b]2;${title}\u0007`);
		}
	};

	const follow = () => {
		const before = runs;
		({runs} = dashboard.state());
		if (before && runs && before !== runs) {
			const ended = endedSince(before, runs);
			// A notification may come while another program has the terminal: it moves no cursor.
			if (ended.length > 0 && (noticeWhen === 'always' || !isFocused)) {
				write(noticeSequence(isKnown || kind === 'off' ? kind : 'bell', endText(ended)));
			}
		}

		setTitle();
	};

	const start = () => {
		isSuspended = false;
		title = '';
		if (isKnown) {
			write(begin);
		}

		setTitle();
	};

	const stop = () => {
		if (isKnown && !isSuspended) {
			write(end);
		}

		isSuspended = true;
	};

	start();
	const unsubscribe = dashboard.subscribe(follow);
	return {
		read(text) {
			if (text.includes(beginPaste)) {
				return text;
			}

			return text.replaceAll(focusReport, (_, report: string) => {
				isFocused = report === 'I';
				return '';
			});
		},
		async suspend(task) {
			stop();
			try {
				await task();
			} finally {
				start();
			}
		},
		close() {
			unsubscribe();
			stop();
		},
	};
}

/** Whether a terminal skips a control sequence that it does not know, by its environment. */
export function understandsSequences({TERM, WT_SESSION}: NodeJS.ProcessEnv): boolean {
	return WT_SESSION !== undefined || !/^(|dumb|linux.*|cons25.*)$/.test(TERM ?? '');
}

/** Runs that have ended between two readings of the store. */
function endedSince(before: readonly ShownRun[], now: readonly ShownRun[]): ShownRun[] {
	const open = new Set(before.filter(({shown}) => isUnfinished(shown)).map(({run}) => run.id));
	return now.filter(({run, shown}) => open.has(run.id) && !isUnfinished(shown));
}

/** One end, or how many there were and of which kind. */
function endText(ended: readonly ShownRun[]): string {
	const [only] = ended;
	if (only && ended.length === 1) {
		return `cosmos: ${only.run.promptName} ${only.shown}`;
	}

	const counts = new Map<string, number>();
	for (const {shown} of ended) {
		counts.set(shown, (counts.get(shown) ?? 0) + 1);
	}

	return `cosmos: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`;
}

/** What runs and how far it is, first: a tab shows only the beginning. */
function titleOf({runs = [], motions}: DashboardState): string {
	const running = runs.filter(({shown}) => isUnfinished(shown));
	const [first] = running.toSorted(
		(one, other) => Number(other.shown === 'running') - Number(one.shown === 'running'),
	);
	if (!first) {
		return 'cosmos';
	}

	const bar = motions[first.run.id]?.bar;
	const name = cleanText(first.run.promptName).slice(0, longestName);
	const more = running.length > 1 ? ` +${running.length - 1}` : '';
	return `${bar ? `${Math.floor(bar.percent)}% ` : ''}${name}${more} - cosmos`;
}
