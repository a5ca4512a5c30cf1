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

	// Node asks tmux for 256 only, which says itself what it passes on.
	const said = /^(truecolor|24bit)$/.test(process.env.COLORTERM ?? '');
	const bits = said ? 24 : stdout.getColorDepth();
	return bits >= 24 ? 'true' : bits >= 8 ? 256 : 'few';
}
