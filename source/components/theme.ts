import type {Look, ThemeName, themeRoles} from '../domain/theme-name.js';
import type {Role} from '../state/content/line.js';

/** How each meaning looks. */
type Theme = Readonly<Record<Role | (typeof themeRoles)[number], Look>>;

/** Sixteen colours, the terminal's own. */
const terminal: Theme = {
	plain: ['', ''],
	dim: ['2', '22'],
	strong: ['1', '22'],
	accent: ['36', '39'],
	good: ['32', '39'],
	warn: ['33', '39'],
	bad: ['31', '39'],
	selected: ['30;46', '39;49'],
	cursor: ['7', '27'],
	tab: ['1;4;36', '22;24;39'],
};

const colour = (code: number): Look => [`38;5;${code}`, '39'];

const themes: Readonly<Record<Exclude<ThemeName, 'auto'>, Theme>> = {
	terminal,
	dark: {
		...terminal,
		dim: colour(245),
		accent: colour(80),
		good: colour(114),
		warn: colour(221),
		bad: colour(210),
		selected: ['38;5;16;48;5;80', '39;49'],
		tab: ['1;4;38;5;80', '22;24;39'],
	},
	light: {
		...terminal,
		dim: colour(242),
		accent: colour(25),
		good: colour(22),
		warn: colour(94),
		bad: colour(124),
		selected: ['38;5;231;48;5;25', '39;49'],
		tab: ['1;4;38;5;25', '22;24;39'],
	},
	// Nothing is dim, and meanings are bold as well.
	contrast: {
		...terminal,
		dim: ['', ''],
		accent: ['1;96', '22;39'],
		good: ['1;92', '22;39'],
		warn: ['1;93', '22;39'],
		bad: ['1;91', '22;39'],
		// Many terminals show bold black as grey.
		selected: ['30;107', '39;49'],
		tab: ['1;4;96', '22;24;39'],
	},
	// Only brightness and reversal are left; signs and words carry the meaning.
	none: {
		...terminal,
		accent: ['1', '22'],
		good: ['', ''],
		warn: ['', ''],
		bad: ['1', '22'],
		selected: ['7', '27'],
		tab: ['1;4', '22;24'],
	},
};

export type Paint = (role: keyof Theme, text: string) => string;

export function createPaint(name: ThemeName, colours: Partial<Theme> = {}): Paint {
	const theme = {...themes[name === 'auto' ? 'terminal' : name], ...colours};
	return (role, text) => {
		const [begin, end] = theme[role];
		return begin === '' || text === '' ? text : `\u001b[${begin}m${text}\u001b[${end}m`;
	};
}

/** https://no-color.org counts more than what is configured. */
const withoutColours = (process.env.NO_COLOR ?? '') !== '';
/** The terminal's colours are one for the whole program, so this is too. */
let inForce = createPaint(withoutColours ? 'none' : 'terminal');
let plain = withoutColours;

/**
 * Chooses the theme, before a frame.
 * @param colours looks that take the place of the theme's
 */
export function setTheme(name: ThemeName, colours: Partial<Theme> = {}): void {
	plain = withoutColours || name === 'none';
	inForce = plain ? createPaint('none') : createPaint(name, colours);
}

export const paint: Paint = (role, text) => inForce(role, text);

/** Whether colours may be shown, also those of a log. */
export const isColoured = () => !plain;
