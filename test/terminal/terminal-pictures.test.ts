import {expect, it, vi} from 'vitest';
import type {Dashboard} from '../../source/dashboard/dashboard.js';
import type {PictureChoice} from '../../source/domain/graphics.js';
import {createAnswerFilter} from '../../source/terminal/answer-filter.js';
import {createTerminalAsker} from '../../source/terminal/ask-terminal.js';
import {createTerminalPictures} from '../../source/terminal/terminal-pictures.js';
import {filled} from '../dashboard/examples.js';

/** What a terminal is asked when a tab with videos has been drawn. */
function questions(env: NodeJS.ProcessEnv, choice: PictureChoice = 'auto', colours = 'true') {
	const write = vi.fn();
	const stdout = {write} as unknown as NodeJS.WriteStream;
	const state = filled({pictureColours: colours as 'true'});
	const pictures = createTerminalPictures({
		choice,
		dashboard: {state: () => state} as Dashboard,
		asker: createTerminalAsker(
			stdout,
			createAnswerFilter(() => undefined),
		),
		stdout,
		between: {},
		env,
	});
	pictures.rendered();
	// Before anything is loaded, and so before the first frame, nothing is written.
	expect(write).not.toHaveBeenCalled();
	return write;
}

it('queries a terminal that may draw after the first frame', async () => {
	const write = questions({TERM: 'xterm-256color'});
	await expect.poll(() => write.mock.calls.join('')).toMatch(/a=q.*\u001b\[c$/);
});

it.each([
	['no terminal to speak of', {TERM: 'dumb'}, 'auto', 'true'],
	['a console that prints the question', {TERM: 'linux'}, 'auto', 'true'],
	['a screen reader', {TERM: 'xterm', INK_SCREEN_READER: 'true'}, 'auto', 'true'],
	['no colours', {TERM: 'xterm'}, 'auto', 'none'],
	['half blocks', {TERM: 'xterm'}, 'blocks', 'true'],
	['no pictures', {TERM: 'xterm'}, 'none', 'off'],
] as const)('queries nothing with %s', async (_name, env, choice, colours) => {
	const write = questions(env, choice, colours);
	await vi.dynamicImportSettled();
	await new Promise(setImmediate);
	expect(write).not.toHaveBeenCalled();
});
