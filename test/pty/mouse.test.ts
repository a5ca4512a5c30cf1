import {expect, it} from 'vitest';
import {openDashboard} from './dashboard.js';

const [on, off] = ['\u001b[?1006h', '\u001b[?1006l'];
/** The left button at a column and a row, from 1. */
const click = (column: number, row: number) =>
	`\u001b[<0;${column};${row}M\u001b[<0;${column};${row}m`;

it('selects and opens with the mouse, and gives it back at the end', async () => {
	const dashboard = await openDashboard();
	await dashboard.waitFor(() => dashboard.output().includes(on));
	const lines = dashboard.screen().split('\n');
	const row = lines.findIndex(line => line.includes(' city-night')) + 1;
	dashboard.send(click(5, row));
	await dashboard.waitFor(/│> city-night/);
	// On the other row: with the click before, these would be three.
	dashboard.send(click(5, row - 1) + click(5, row - 1));
	await dashboard.waitFor('esc back');
	dashboard.send('\u001b');
	await dashboard.waitFor('enter open');
	dashboard.send('M');
	await dashboard.waitFor('The mouse is off');
	expect(dashboard.output().lastIndexOf(off)).toBeGreaterThan(dashboard.output().lastIndexOf(on));
	// A terminal sends none then, but for what is on its way.
	dashboard.send('/');
	await dashboard.waitFor('esc cancel');
	dashboard.send(`${click(5, row)}word`);
	await dashboard.waitFor(/ \/word +0 of/);
	dashboard.send('\u001b');
	await dashboard.waitFor('enter open');
	dashboard.send('M');
	await dashboard.waitFor('The mouse is on');
	dashboard.send('q');
	await dashboard.exited;
	expect(dashboard.output().lastIndexOf(off)).toBeGreaterThan(dashboard.output().lastIndexOf(on));
	expect(dashboard.screen()).not.toMatch(/\[<\d/);
});
