import type {Graphics, PictureChoice} from '../domain/graphics.js';
import type {DashboardState} from '../state/dashboard-state.js';
import type {TerminalAsker} from './ask-terminal.js';
import {type EncoderThread, startEncoder} from './encoder-thread.js';
import type {Between} from './ink-streams.js';
import {createPicturePainter, type PainterParts, type PicturePainter} from './picture-painter.js';
import {findTouchedRows} from './touched-rows.js';

/** A frame of Ink's begins and ends so: the terminal shows nothing in between. */
const [begin, end] = ['\u001b[?2026h', '\u001b[?2026l'];
/** So Ink gives the screen away, to the shell or another program, and takes it back. */
const [leaveScreen, enterScreen] = ['\u001b[?1049l', '\u001b[?1049h'];

/** Where the pictures come from, and who has to know how the terminal draws them. */
export type PictureSource = {
	state: () => DashboardState;
	setGraphics: (graphics: Graphics | undefined) => void;
};

/** The pictures that the terminal draws by itself over Ink's frames. */
export type TerminalPictures = {
	/** Ink has drawn the state, or found that nothing of its frame has changed. */
	rendered: () => void;
	/** The whole screen is about to be blanked. */
	lost: () => void;
	/** The window has another size. */
	resized: () => void;
	close: () => void;
};

export type TerminalPicturesParts = {
	choice: PictureChoice;
	dashboard: PictureSource;
	asker: TerminalAsker;
	stdout: NodeJS.WriteStream;
	between: Between;
	env: NodeJS.ProcessEnv;
};

export type DrawnPicturesParts = TerminalPicturesParts & Pick<PainterParts, 'wanted'>;

/** Asks the terminal whether it draws pictures; if so, has it draw those of the dashboard. */
export function openDrawnPictures(parts: DrawnPicturesParts): TerminalPictures {
	const {dashboard, asker, stdout, between, wanted} = parts;
	let encoder: EncoderThread | undefined;
	let painter: PicturePainter | undefined;
	let kind: Graphics['kind'] | undefined;
	let isAway = false;
	/** How often the window has changed: only what was asked since then still holds. */
	let changes = 0;

	const refresh = () => {
		const text = painter && !isAway ? painter.before() + painter.after() : '';
		if (text !== '') {
			stdout.write(begin + text + end);
		}
	};

	const forget = () => {
		const text = painter?.forget() ?? '';
		if (text !== '') {
			stdout.write(text);
		}
	};

	const draw = (graphics: Graphics | undefined) => {
		kind ??= graphics?.kind;
		if (graphics?.cell) {
			encoder ??= startEncoder();
			painter = createPicturePainter({
				graphics,
				wanted,
				encode: encoder.encode,
				onReady: refresh,
				onFailure: () => draw({kind: graphics.kind, problem: 'the pictures could not be encoded'}),
			});
		}

		dashboard.setGraphics(graphics);
		refresh();
	};

	/** The letters may have another size as well. */
	const measure = () => {
		if (kind === 'sixel' && !isAway) {
			const asked = changes;
			draw({kind});
			asker.measured(kind).then(graphics => asked === changes && draw(graphics));
		}
	};

	between.write = text => {
		if (text === begin) {
			return text + (painter?.before() ?? '');
		}

		if (text === end) {
			return (painter?.after() ?? '') + text;
		}

		if (text.includes(leaveScreen)) {
			isAway = true;
			return (painter?.forget() ?? '') + text;
		}

		if (text.includes(enterScreen)) {
			isAway = false;
			// The window may have changed while another program had it.
			setImmediate(measure);
		}

		painter?.touched(findTouchedRows(text));
		return text;
	};

	asker.graphics(parts.choice, parts.env).then(draw);
	return {
		rendered: refresh,
		lost: forget,
		resized() {
			forget();
			changes++;
			measure();
		},
		close() {
			painter = undefined;
			encoder?.close();
		},
	};
}
