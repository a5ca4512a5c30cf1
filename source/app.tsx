import {render, useApp} from 'ink';
import {useEffect} from 'react';
import {Screen} from './components/screen.js';
import {setTheme} from './components/theme.js';
import type {PictureChoice} from './domain/graphics.js';
import type {ThemeName} from './domain/theme-name.js';
import {customKeys} from './state/custom-keys.js';
import {createDashboard, type Dashboard} from './state/dashboard.js';
import {readKeptView} from './state/kept-view.js';
import type {PictureColours} from './state/pictures.js';
import {keepMemorySteady} from './state/steady-memory.js';
import {useDashboard} from './state/use-dashboard.js';
import {createInkStreams} from './terminal/ink-streams.js';
import {createTerminalPictures} from './terminal/terminal-pictures.js';
import type {Workflow} from './workflow/workflow-types.js';

export type DashboardEnd = {
	/** Lines for after the terminal is as it was before. */
	messages: string[];
	exitCode: number;
};

export type DashboardWords = {
	firstStart: boolean;
	/** @default false */
	readOnly?: boolean;
	/** As in the configuration: keys by the names of commands. */
	keys?: Readonly<Record<string, string>>;
	/** The command that opens a video. Default: the system's own. */
	openCommand?: string;
	/** @default 'terminal' */
	theme?: ThemeName;
	/** @default 'auto' */
	pictures?: PictureChoice;
};

/** A terminal that knows of it shows nothing until the next frame, which Ink ends so. */
const beginSynchronized = '\u001b[?2026h';
const homeAndEraseDown = '\u001b[H\u001b[J';

/** Exit codes of a shell for a process that a signal ended. */
const signalCodes = {SIGTERM: 143, SIGHUP: 129} as const;

/**
 * Runs the dashboard in the terminal's alternate screen until the user leaves or a signal comes.
 * The terminal is then as it was before, also after an exception.
 * @throws whatever went wrong in the dashboard itself
 */
export async function runDashboard(
	workflow: Workflow,
	words: DashboardWords,
): Promise<DashboardEnd> {
	const {
		firstStart,
		readOnly,
		keys = {},
		openCommand,
		theme = 'terminal',
		pictures = 'auto',
	} = words;
	const {stdout} = process;
	setTheme(theme);
	const loan: Loan = {};
	const dashboard = createDashboard(workflow, {
		firstStart,
		readOnly,
		customKeys: customKeys(keys),
		pictureColours: pictureColours(stdout, theme, pictures),
		openCommand,
		kept: await readKeptView(workflow.dataDir),
		columns: stdout.columns,
		rows: stdout.rows,
		terminal: {
			env: process.env,
			write: sequence => stdout.write(sequence),
			lend: task => lend(loan, task),
		},
	});
	// Ink does this with its first frame: a key pressed by then would be echoed into it.
	if (process.stdin.isTTY) {
		process.stdin.setRawMode(true);
		// The first frame begins where the cursor is: behind what was typed, and echoed, before.
		stdout.write('\r');
	}

	// A frame costs more than reading: the first one shows what there is.
	await dashboard.read;
	const {between, ...streams} = createInkStreams(process.stdin, stdout);
	const drawn = createTerminalPictures({
		choice: pictures,
		dashboard,
		stdin: process.stdin,
		stdout,
		between,
		env: process.env,
	});
	// A new element each time: React leaves out one that it has seen.
	const app = () => <App dashboard={dashboard} loan={loan} />;
	const instance = render(app(), {
		...streams,
		onRender: drawn.rendered,
		alternateScreen: true,
		exitOnCtrlC: false,
		incrementalRendering: true,
		maxFps: 60,
	});
	keepMemorySteady();
	let exitCode = 0;
	let isOver = false;
	const unmount = () => {
		isOver = true;
		instance.unmount();
	};

	const leave = (signal: keyof typeof signalCodes) => {
		exitCode = signalCodes[signal];
		unmount();
	};

	const failures: unknown[] = [];
	// Left to itself, Node would print the error onto the alternate screen, where it is lost.
	const fail = (error: unknown) => {
		failures.push(error);
		unmount();
	};

	const redraw = () => {
		// The screen is the shell's again; Ink would mount the tree anew.
		if (isOver) {
			return;
		}

		// The terminal may have moved, wrapped and cut what Ink takes for drawn and leaves out.
		if (!loan.given) {
			stdout.write(beginSynchronized);
			drawn.lost();
			instance.clear();
			stdout.write(homeAndEraseDown);
		}

		instance.rerender(app());
	};

	let isResized = false;
	// Before Ink's own listener, which draws the tree as it is: it must have the new size by then.
	const resize = () => {
		isResized = true;
		drawn.resized();
		dashboard.resize(stdout.columns, stdout.rows);
		redraw();
	};

	// Node says nothing of a window that is by now as it was, but has been another for a moment.
	const changed = () => {
		if (!isResized) {
			redraw();
		}

		isResized = false;
	};

	stdout.prependListener('resize', resize);
	process.on('SIGWINCH', changed);
	process.on('SIGTERM', leave).on('SIGHUP', leave);
	process.on('uncaughtException', fail).on('unhandledRejection', fail);
	dashboard.ended.then(drawn.answered).then(unmount, fail);
	try {
		await instance.waitUntilExit();
	} finally {
		isOver = true;
		drawn.close();
		await dashboard.close();
		stdout.off('resize', resize);
		process.off('SIGWINCH', changed);
		process.off('SIGTERM', leave).off('SIGHUP', leave);
		process.off('uncaughtException', fail).off('unhandledRejection', fail);
	}

	if (failures.length > 0) {
		throw failures[0];
	}

	return {messages: farewell(workflow, dashboard), exitCode};
}

/** What the environment says of the terminal, unless pictures or colours are not wanted. https://no-color.org */
function pictureColours(
	stdout: NodeJS.WriteStream,
	theme: ThemeName,
	pictures: PictureChoice,
): PictureColours {
	if (pictures === 'none') {
		return 'off';
	}

	if (theme === 'none' || (process.env.NO_COLOR ?? '') !== '') {
		return 'none';
	}

	// Node asks tmux for 256 only, which says itself what it passes on.
	const said = /^(truecolor|24bit)$/.test(process.env.COLORTERM ?? '');
	const bits = said ? 24 : stdout.getColorDepth();
	return bits >= 24 ? 'true' : bits >= 8 ? 256 : 'few';
}

/** Ink's way to give the terminal away, once it has mounted, and whether it is given away now. */
type Loan = {suspend?: (task: () => Promise<void>) => Promise<void>; given?: boolean};

/** Another program has the terminal meanwhile; a Ctrl-C there is for that one alone. */
async function lend(loan: Loan, task: () => Promise<void>): Promise<void> {
	const ignore = () => undefined;
	process.on('SIGINT', ignore);
	loan.given = true;
	try {
		await loan.suspend?.(task);
	} finally {
		loan.given = false;
		process.off('SIGINT', ignore);
	}
}

function App({dashboard, loan}: {dashboard: Dashboard; loan: Loan}) {
	const {suspendTerminal} = useApp();
	useEffect(() => {
		loan.suspend = suspendTerminal;
	}, [loan, suspendTerminal]);
	return <Screen state={useDashboard(dashboard)} />;
}

/** What becomes of the runs that are left going. */
function farewell(workflow: Workflow, dashboard: Dashboard): string[] {
	const {runs = []} = dashboard.state();
	return workflow.ownRuns().map(id => {
		const run = runs.find(one => one.run.id === id)?.run;
		const what = `${id}${run ? ` (${run.promptName} on ${run.host})` : ''}`;
		return `${what} goes on; the next start or \`cosmos recover\` takes it up`;
	});
}
