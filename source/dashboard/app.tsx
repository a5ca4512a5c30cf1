import {setTimeout as rest} from 'node:timers/promises';
import {render, useApp} from 'ink';
import {useEffect} from 'react';
import {setTheme} from '../components/theme.js';
import type {DashboardConfig} from '../config/config.js';
import {parseLook} from '../domain/theme-name.js';
import {withOwnCommands} from '../screens/own-commands/own-commands.js';
import {createAnswerFilter} from '../terminal/answer-filter.js';
import {createTerminalAsker} from '../terminal/ask-terminal.js';
import {createAttention, understandsSequences} from '../terminal/attention.js';
import {watchEnds} from '../terminal/ends.js';
import {createInkStreams} from '../terminal/ink-streams.js';
import {watchStops} from '../terminal/job-control.js';
import {createMouse} from '../terminal/mouse.js';
import {colourBits, pictureColours} from '../terminal/picture-colours.js';
import {type Suspension, suspend} from '../terminal/suspension.js';
import {createTerminalPictures, mayBeAsked} from '../terminal/terminal-pictures.js';
import {blank, watchWindow} from '../terminal/window.js';
import type {Workflow} from '../workflow/workflow-types.js';
import {createDashboard, type Dashboard} from './dashboard.js';
import {readKeptView} from './kept-view.js';
import {Screen} from './screen.js';
import {keepMemorySteady} from './steady-memory.js';
import {keyTable} from './update.js';
import {useDashboard} from './use-dashboard.js';

export type DashboardEnd = {
	/** Lines for after the terminal is as it was before. */
	messages: string[];
	exitCode: number;
};

export type DashboardWords = Partial<DashboardConfig> & {
	firstStart: boolean;
	/** @default false */
	readOnly?: boolean;
	/** What a person should know first. @default nothing */
	firstNotice?: string;
	/** The flags of this call that say where data and configuration are. @default none */
	flags?: readonly string[];
};

/** Milliseconds that leaving waits for an answer of the terminal: the shell would take it for typed. */
const patience = 200;

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
		firstNotice,
		flags = [],
		keys = {},
		commands = [],
		findOpener,
		theme = 'auto',
		colors = {},
		mouse: wantsMouse = true,
		pictures = 'auto',
		notice = 'auto',
		noticeWhen = 'unfocused',
	} = words;
	const {stdout} = process;
	const looks = Object.fromEntries(
		Object.entries(colors).map(([role, words]) => [role, parseLook(words)]),
	);
	setTheme(theme, looks);
	const suspension: Suspension = {};
	const dashboard = createDashboard(workflow, {
		firstStart,
		readOnly,
		firstNotice,
		keys: withOwnCommands(keyTable, commands, keys),
		pictureColours: pictureColours(stdout, theme, pictures),
		findOpener,
		self: [process.execPath, process.argv[1] ?? '', ...flags],
		mouse: wantsMouse && understandsSequences(process.env),
		kept: await readKeptView(workflow.dataDir),
		columns: stdout.columns,
		rows: stdout.rows,
		terminal: {
			env: process.env,
			write: sequence => stdout.write(sequence),
			suspend: task => suspend(suspension, task),
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
	const filter = createAnswerFilter(() => process.stdin.emit('readable'));
	between.read = filter.read;
	const asker = createTerminalAsker(stdout, filter);
	const answered = () => Promise.race([asker.answered(), rest(patience, undefined, {ref: false})]);
	const drawn = createTerminalPictures({
		choice: pictures,
		dashboard,
		asker,
		stdout,
		between,
		env: process.env,
	});
	const attention = createAttention({
		notice,
		noticeWhen,
		isKnown: understandsSequences(process.env),
		write: sequence => stdout.write(sequence),
		dashboard,
	});
	const mouse = createMouse(sequence => stdout.write(sequence), dashboard.mouse);
	// A log without borders is there to be selected by the terminal's own means.
	const followMouse = () => {
		const {mouse: isOn, bare} = dashboard.state();
		mouse.want(isOn && !bare);
	};

	followMouse();
	const unfollowMouse = dashboard.subscribe(followMouse);
	between.takeReports = text => mouse.read(attention.read(text));
	const away = (task: () => Promise<void>) => attention.suspend(() => mouse.suspend(task));
	// A new element each time: React leaves out one that it has seen.
	const app = () => <App dashboard={dashboard} suspension={suspension} away={away} />;
	const instance = render(app(), {
		...streams,
		onRender: drawn.rendered,
		alternateScreen: true,
		exitOnCtrlC: false,
		incrementalRendering: true,
		// A key that is pressed just after a frame waits no longer than this allows.
		maxFps: 120,
	});
	keepMemorySteady();
	if (theme === 'auto' && mayBeAsked(process.env) && colourBits(stdout, process.env) >= 8) {
		void followBackground();
	}

	/** The first frame does not wait for the answer. */
	async function followBackground() {
		if (await asker.hasLightBackground()) {
			setTheme('light', looks);
			redraw();
		}
	}

	let isOver = false;
	const unmount = () => {
		isOver = true;
		instance.unmount();
	};

	const redraw = () => {
		// Not when the screen is the shell's again: Ink would mount the tree anew.
		if (isOver) {
			return;
		}

		if (!suspension.isActive) {
			blank(stdout, () => {
				drawn.lost();
				instance.clear();
			});
		}

		instance.rerender(app());
	};

	const ends = watchEnds(unmount);
	const unwatchStops = watchStops({suspension, settle: answered});
	const unwatch = watchWindow(stdout, {
		resized() {
			drawn.resized();
			dashboard.resize(stdout.columns, stdout.rows);
			redraw();
		},
		changed: redraw,
	});
	dashboard.ended.then(answered).then(unmount, ends.fail);
	try {
		await instance.waitUntilExit();
	} finally {
		isOver = true;
		drawn.close();
		attention.close();
		unfollowMouse();
		mouse.close();
		await dashboard.close();
		unwatch();
		unwatchStops();
		ends.close();
	}

	ends.throwFailure();
	return {messages: farewell(workflow, dashboard), exitCode: ends.exitCode};
}

type AppParts = {
	dashboard: Dashboard;
	suspension: Suspension;
	/** Runs what has the terminal for itself without reports of ours. */
	away: (task: () => Promise<void>) => Promise<void>;
};

function App({dashboard, suspension, away}: AppParts) {
	const {suspendTerminal} = useApp();
	useEffect(() => {
		suspension.suspend = task => suspendTerminal(() => away(task));
	}, [suspension, away, suspendTerminal]);
	return <Screen state={useDashboard(dashboard)} />;
}

/** What happens to the runs that are left running. */
function farewell(workflow: Workflow, dashboard: Dashboard): string[] {
	const {runs = []} = dashboard.state();
	return workflow.ownRuns().map(id => {
		const run = runs.find(one => one.run.id === id)?.run;
		const what = `${id}${run ? ` (${run.promptName} on ${run.host})` : ''}`;
		return `${what} keeps running; the next start or \`cosmos recover\` resumes it`;
	});
}
