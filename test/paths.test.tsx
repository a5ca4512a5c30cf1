/** How many modules a key and a text pass on their way: one that only passes on would make it more. */
import {readFileSync, rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {Session} from 'node:inspector';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {render} from 'ink';
import {expect, it} from 'vitest';
import {createDashboard, type Dashboard} from '../source/dashboard/dashboard.js';
import {Screen} from '../source/dashboard/screen.js';
import {useDashboard} from '../source/dashboard/use-dashboard.js';
import {createWorkflow} from '../source/index.js';
import {createAnswerFilter} from '../source/terminal/answer-filter.js';
import {createInkStreams} from '../source/terminal/ink-streams.js';

const source = path.join(import.meta.dirname, '..', 'source');

it('passes a key from its byte to the render through 12 modules', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-path-'));
	const workflow = await createWorkflow({dataDir: folder});
	await workflow.createPrompt({text: 'A street at night'});
	await workflow.createPrompt({text: 'A street at noon'});
	const dashboard = createDashboard(workflow, {
		firstStart: false,
		readOnly: true,
		columns: 120,
		rows: 40,
		terminal: {env: {}, write: () => true, suspend: task => task()},
	});
	const session = new Session();
	session.connect();
	session.post('Profiler.enable');
	session.post('Profiler.startPreciseCoverage', {callCount: true, detailed: true});
	try {
		await dashboard.read;
		dashboard.press([{name: '1', text: '1'}]);
		const bytes = new PassThrough();
		const stdin = Object.assign(Object.create(bytes), {
			isTTY: true,
			setRawMode: () => stdin,
			ref: () => stdin,
			unref: () => stdin,
			read() {
				// From here to the render everything runs at once, and nothing else does.
				modulesRun(session);
				return bytes.read();
			},
		});
		const stdout = Object.assign(new PassThrough(), {columns: 120, rows: 40, isTTY: true});
		const {between, ...streams} = createInkStreams(stdin, stdout as unknown as NodeJS.WriteStream);
		between.read = createAnswerFilter(() => undefined).read;
		const before = dashboard.state().selected.prompts;
		// Before React's own listener: what follows is the render.
		const moved = new Promise<string[]>(resolve =>
			dashboard.subscribe(() => {
				const modules = modulesRun(session);
				if (dashboard.state().selected.prompts !== before) {
					resolve(modules);
				}
			}),
		);
		const app = render(<App dashboard={dashboard} />, {
			...streams,
			patchConsole: false,
			exitOnCtrlC: false,
		});
		await app.waitUntilRenderFlush();
		bytes.write('j');
		const passed = ['terminal/ink-streams.ts', ...(await moved)];
		expect(passed.toSorted()).toEqual(keyPath.toSorted());
		expect(keyPath.length).toBeLessThanOrEqual(12);
		app.unmount();
	} finally {
		session.disconnect();
		await dashboard.close();
		await workflow.close();
		rmSync(folder, {recursive: true, force: true});
	}
});

function App({dashboard}: {dashboard: Dashboard}) {
	return <Screen state={useDashboard(dashboard)} />;
}

/** In their order; what the last four are asked by those before them. */
const keyPath = [
	'terminal/ink-streams.ts',
	'terminal/answer-filter.ts',
	'dashboard/use-dashboard.ts',
	'state/keys/key-strokes.ts',
	'dashboard/dashboard.ts',
	'dashboard/update.ts',
	'state/keys/keymap.ts',
	'state/keys/key-row.ts',
	'screens/home/move.ts',
	'screens/home/settle.ts',
	'state/selectors.ts',
	'state/visible-rows.ts',
];

/** Each module with the words by which it hands the text on to the next one. */
const creation = [
	['commands/create.ts', 'readText(text, context)'],
	['workflow/prompts/read-text.ts', 'return given'],
	['commands/create.ts', 'workflow.createPrompts(prompts)'],
	['workflow/workflow.ts', 'store.addPrompts(made.length, ids =>'],
	['store/store.ts', 'prompts.addAll(count, make'],
	['store/documents/collection.ts', 'segment.write()'],
	['store/documents/segment-file.ts', 'replaceFile(file, text, '],
	['store/documents/safe-file.ts', '.writeFile(text'],
] as const;

const launch = [
	['store/store.ts', 'getPrompt: prompts.get'],
	['workflow/launch/current-inputs.ts', 'prompt: {...stored,'],
	['workflow/launch/current-inputs.ts', 'promptText: text'],
	['workflow/launch/launch-check.ts', 'ofPrompt(prompt)'],
	['workflow/launch/batch-check.ts', 'checkLaunch(local, request)'],
	['workflow/launch/run-control.ts', 'launch.tasks,'],
	['workflow/launch/launch-record.ts', 'store.addRun(id => make(first, id))'],
	['workflow/launch/run-control.ts', 'executeJob(runs, {...context'],
	['executor/execute-job.ts', 'uploadJob(runs, before)'],
	['executor/upload-job.ts', 'jobOf(first,'],
	['domain/models/models.ts', 'modelOf(task).job(task, places)'],
	['domain/models/transfer1.ts', 'specText(transferSpec(task, places))'],
	['domain/models/model-job.ts', 'JSON.stringify(spec'],
	['executor/upload-job.ts', 'transport.writeFile('],
	['executor/transport/until-aborted.ts', 'writeFile: given(transport.writeFile)'],
	['executor/transport/ssh-files.ts', 'writeWhole(sftp, file, data, mode)'],
	['executor/transport/ssh-sftp.ts', 'request'],
] as const;

it.each([
	["a prompt's text from the command line to the disk", creation, 8],
	["a prompt's text from the store to the bytes for a host", launch, 14],
])('passes %s through few modules', (_, steps, most) => {
	for (const [file, words] of steps) {
		expect(readFileSync(path.join(source, file), 'utf8'), file).toContain(words);
	}

	expect(new Set(steps.map(([file]) => file)).size).toBeLessThanOrEqual(most);
});

/** The modules of the product of which functions have run since the last call. */
function modulesRun(session: Session): string[] {
	let found: string[] = [];
	session.post('Profiler.takePreciseCoverage', (_, {result}) => {
		found = result
			.filter(({functions}) =>
				functions.some(({ranges: [whole], isBlockCoverage, functionName}) => {
					const isModule = functionName === '' && whole?.startOffset === 0;
					return isBlockCoverage && !isModule && (whole?.count ?? 0) > 0;
				}),
			)
			.map(({url}) => path.relative(source, url.replace(/^file:\/\//, '')))
			.filter(file => !file.startsWith('..'));
	});
	return [...new Set(found)];
}
