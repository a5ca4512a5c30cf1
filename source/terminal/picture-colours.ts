import type {PictureChoice} from '../domain/graphics.js';
import type {ThemeName} from '../domain/theme-name.js';
import type {PictureColours} from '../state/pictures.js';

/** What the environment says of the terminal, unless pictures or colours are not wanted. https://no-color.org */
export function pictureColours(
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

	const bits = colourBits(stdout, process.env);
	return bits >= 24 ? 'true' : bits >= 8 ? 256 : 'few';
}

/** Bits of a colour: Node's answer, except where it falls short of what the environment says. */
export function colourBits(
	stdout: Pick<NodeJS.WriteStream, 'getColorDepth'>,
	{COLORTERM = '', TERM = ''}: NodeJS.ProcessEnv,
): number {
	// Node stops at 256 in tmux, which sets COLORTERM when it passes more on.
	if (/^(truecolor|24bit)$/.test(COLORTERM)) {
		return 24;
	}

	// Of these names Node knows only `xterm-256color`; and TMUX, which SSH does not pass on with TERM.
	return Math.max(stdout.getColorDepth(), TERM.endsWith('-256color') ? 8 : 0);
}
