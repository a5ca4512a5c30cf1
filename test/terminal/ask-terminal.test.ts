import {expect, it} from 'vitest';
import type {PictureChoice} from '../../source/domain/graphics.js';
import {createAnswerFilter} from '../../source/terminal/answer-filter.js';
import {createTerminalAsker} from '../../source/terminal/ask-terminal.js';

/** What is found out from a terminal that answers some questions, and what it has been asked. */
async function asked(
	answers: Readonly<Record<string, string>>,
	{choice = 'auto', env = {}}: {choice?: PictureChoice; env?: NodeJS.ProcessEnv} = {},
) {
	const filter = createAnswerFilter(() => undefined);
	let questions = '';
	const stdout = {
		columns: 120,
		rows: 40,
		write(text: string) {
			questions += text;
			const said = Object.entries(answers).map(([end, answer]) =>
				text.includes(end) ? answer : '',
			);
			setImmediate(() => filter.read(said.join('')));
		},
	} as unknown as NodeJS.WriteStream;
	const graphics = await createTerminalAsker(stdout, filter).graphics(choice, env);
	return {graphics, questions};
}

const kitty = {'a=q': '\u001b_Gi=31;OK\u001b\\'};
const cells = {'[16t': '\u001b[6;20;10t'};
const plain = {'[c': '\u001b[?1;2c'};
const sixel = {'[c': '\u001b[?62;4;22c'};

it('uses what the terminal supports, kitty before sixel', async () => {
	expect((await asked({...kitty, ...cells, ...sixel})).graphics).toEqual({
		kind: 'kitty',
		cell: {width: 10, height: 20},
	});
	expect((await asked({...cells, '[?1;1;0S': '\u001b[?1;0;16S', ...sixel})).graphics).toEqual({
		kind: 'sixel',
		cell: {width: 10, height: 20},
		colours: 16,
	});
	const {graphics, questions} = await asked(plain);
	expect(graphics).toBeUndefined();
	expect(questions).not.toContain('[16t');
});

it('computes the cell size from the window if the terminal does not report it, or draws no sixels', async () => {
	const most = '\u001b[?2;0;1000;1000S';
	const small = {'[?2;1;0S': `\u001b[?2;0;720;520S${most}`};
	expect((await asked({...small, ...sixel})).graphics?.cell).toEqual({width: 6, height: 13});
	const large = {'[?2;1;0S': `\u001b[?2;0;1000;520S${most}`};
	const problem = expect.stringContaining('does not say how large its cells are');
	expect((await asked({...large, ...sixel})).graphics).toEqual({kind: 'sixel', problem});
	expect((await asked(sixel, {choice: 'sixel'})).graphics).toEqual({kind: 'sixel', problem});
});

it('says why kitty is not used in a terminal within the terminal', async () => {
	const {graphics} = await asked(plain, {choice: 'kitty', env: {TMUX: '/tmp/tmux'}});
	expect(graphics).toEqual({kind: 'kitty', problem: expect.stringContaining('kitty')});
});

it('does not query kitty inside tmux, which would interpret it as a title', async () => {
	const env = {TMUX: '/tmp/tmux-0/default,1,0'};
	for (const choice of ['auto', 'kitty'] as const) {
		const {graphics, questions} = await asked({...kitty, ...cells, ...sixel}, {choice, env});
		expect(graphics?.kind).toBe('sixel');
		expect(questions).not.toContain('\u001b_');
	}
});
