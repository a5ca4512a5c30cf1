import {expect, it} from 'vitest';
import {openTerminal} from './terminal.js';

it('has all that a program wrote before its end, however late it is read', async () => {
	const terminal = openTerminal({
		command: ['sh', '-c', 'seq 1 9000; echo the end'],
		columns: 80,
		rows: 24,
	});
	const busy = terminal
		.waitFor(() => {
			const end = performance.now() + 120;
			while (performance.now() < end) {
				// Nothing is read meanwhile.
			}

			return false;
		})
		.catch(() => undefined);
	await terminal.exited;
	await busy;
	expect(terminal.output()).toContain('\n9000\r\nthe end');
	await terminal.close();
});
