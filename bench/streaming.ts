import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {program, runCosmos} from '../test/cosmos.js';
import {keys, openTerminal, type Terminal} from '../test/pty/terminal.js';

/** That stream into the log pane, each of some 100 bytes. */
export const linesASecond = 50_000;

const total = 10_000_000;

/**
 * The dashboard with the log of a run of the demo host streaming into its pane, for as long as `work`
 * takes.
 * @param nodeWords options of Node for the dashboard
 */
export async function withStreamingLog<T>(
	work: (terminal: Terminal) => Promise<T>,
	nodeWords: readonly string[] = [],
): Promise<T> {
	const folder = await mkdtemp(path.join(tmpdir(), 'cosmos-bench-'));
	const env = {
		HOME: folder,
		COSMOS_DATA: path.join(folder, 'data'),
		COSMOS_SIMULATE_STEP: '0',
		COSMOS_SIMULATE: `loud=${total},pace=${linesASecond}`,
	};
	const terminal = openTerminal({
		command: [process.execPath, ...nodeWords, program],
		columns: 120,
		rows: 40,
		env,
	});
	try {
		await terminal.waitFor(/● ready[\s\S]*1 Prompts ─+ \d/);
		terminal.send('i');
		await terminal.waitFor('Infer: ');
		terminal.send(keys.enter);
		await terminal.waitFor(new RegExp(`line \\d+ of ${total}`));
		terminal.send('0');
		await terminal.waitFor('esc back');
		return await work(terminal);
	} finally {
		await terminal.close();
		await runCosmos(['kill-all', '--yes'], {env, cwd: folder});
		await rm(folder, {recursive: true, force: true, maxRetries: 10});
	}
}
