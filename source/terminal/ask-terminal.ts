import type {Graphics, PictureChoice} from '../domain/graphics.js';
import type {AnswerFilter} from './answer-filter.js';

/** One pixel for kitty's protocol, to be looked at and not kept. */
const kittyQuestion = '\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001b\\';
const cellQuestion = '\u001b[16t';
/** xterm's OSC 11: the colour of the background. */
const backgroundQuestion = '\u001b]11;?\u0007';
const colourQuestion = '\u001b[?1;1;0S';
/** Pixels of the window that a picture may have, and what these are at most. xterm answers only this. */
const windowQuestion = '\u001b[?2;1;0S\u001b[?2;4;0S';
/** Primary device attributes: every terminal answers this one, and answers in turn. */
const lastQuestion = '\u001b[c';

/** For kitty's protocol, where it only says how fine a picture may be. */
const usualCell = {width: 10, height: 20};

const noCell = 'the terminal does not say how large its cells are; xterm does in smaller windows';

/** A terminal within the terminal: it speaks for itself, and takes kitty's question for a title. */
const isMultiplexer = ({TMUX, STY, TERM = ''}: NodeJS.ProcessEnv) =>
	Boolean(TMUX) || Boolean(STY) || /^(tmux|screen)/.test(TERM);

/** What it can is undefined when it draws no pictures. Nothing resolves while it is silent. */
export type TerminalAsker = {
	/** What the terminal can. */
	graphics: (choice: PictureChoice, env: NodeJS.ProcessEnv) => Promise<Graphics | undefined>;
	/** The same with the size of its cells as it is now. */
	measured: (kind: Graphics['kind']) => Promise<Graphics | undefined>;
	/** Whether the background is light; undefined where the terminal does not report its colour. */
	hasLightBackground: () => Promise<boolean | undefined>;
	/** Resolves when no answer is on its way. */
	answered: () => Promise<void>;
};

export function createTerminalAsker(
	stdout: NodeJS.WriteStream,
	filter: AnswerFilter,
): TerminalAsker {
	let last: Promise<unknown> = Promise.resolve();

	const askNow = (questions: string) =>
		new Promise<string>(resolve => {
			let said = '';
			filter.listen(answer => {
				said += answer;
				if (answer.endsWith('c')) {
					filter.rest();
					resolve(said);
				}
			});
			stdout.write(questions + lastQuestion);
		});

	/** One after the other, so that each gets its own answers. */
	const ask = (questions: string): Promise<string> => {
		const next = last.then(() => askNow(questions));
		last = next;
		return next;
	};

	const measured = async (kind: Graphics['kind']): Promise<Graphics | undefined> => {
		if (kind === 'kitty') {
			return {kind, cell: cellIn(await ask(cellQuestion)) ?? usualCell};
		}

		const said = await ask(cellQuestion + colourQuestion + windowQuestion);
		// With a wrong size a picture would reach beyond its cells.
		const cell = cellIn(said) ?? cellOfWindow(said, stdout);
		const [, colours] = /\u001b\[\?1;0;(\d+)S/.exec(said) ?? [];
		return cell
			? {kind, cell, ...(colours && {colours: Number(colours)})}
			: {kind, problem: noCell};
	};

	return {
		async graphics(choice, env) {
			if (choice === 'sixel' || (choice === 'kitty' && !isMultiplexer(env))) {
				return measured(choice);
			}

			const said = await ask(isMultiplexer(env) ? '' : kittyQuestion);
			if (/\u001b_G[^\u001b]*;OK\u001b\\/.test(said)) {
				return measured('kitty');
			}

			const attributes = /\u001b\[\?([\d;]*)c/.exec(said)?.[1]?.split(';') ?? [];
			if (attributes.slice(1).includes('4')) {
				return measured('sixel');
			}

			return choice === 'kitty'
				? {kind: 'kitty', problem: 'tmux and screen do not pass on pictures as kitty draws them'}
				: undefined;
		},
		measured,
		hasLightBackground: async () => isLight(await ask(backgroundQuestion)),
		answered: () => last.then(() => undefined),
	};
}

/** By the weights of red, green and blue in what the eye takes for bright (Rec. 709). */
function isLight(said: string): boolean | undefined {
	const [, ...parts] =
		/\u001b\]11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(said) ?? [];
	const [red, green, blue] = parts.map(hex => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
	return red === undefined || green === undefined || blue === undefined
		? undefined
		: 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
}

function cellIn(said: string): Graphics['cell'] {
	const [, height, width] = /\u001b\[6;(\d+);(\d+)t/.exec(said) ?? [];
	return size(Number(width), Number(height));
}

function cellOfWindow(said: string, {columns, rows}: NodeJS.WriteStream): Graphics['cell'] {
	const [now, most] = [...said.matchAll(/\u001b\[\?2;0;(\d+);(\d+)S/g)].map(
		([, width, height]) => ({
			width: Number(width),
			height: Number(height),
		}),
	);
	// At its most the window may be larger than it says.
	return now && most && now.width < most.width && now.height < most.height
		? size(Math.floor(now.width / columns), Math.floor(now.height / rows))
		: undefined;
}

/** Undefined when it is none. */
const size = (width: number, height: number) =>
	width > 0 && height > 0 ? {width, height} : undefined;
