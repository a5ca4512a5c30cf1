import type {Graphics} from '../domain/graphics.js';
import {createAnswerFilter} from './answer-filter.js';
import {createTerminalAsker} from './ask-terminal.js';
import {type EncoderThread, startEncoder} from './encoder-thread.js';
import {createPicturePainter, type PainterParts, type PicturePainter} from './picture-painter.js';
import type {TerminalPictures, TerminalPicturesParts} from './terminal-pictures.js';
import {touchedRows} from './touched-rows.js';

/** A frame of Ink's begins and ends so: the terminal shows nothing in between. */
const [begin, end] = ['\u001b[?2026h', '\u001b[?2026l'];
/** So Ink gives the screen away, to the shell or another program, and takes it back. */
const [leaveScreen, enterScreen] = ['\u001b[?1049l', '\u001b[?1049h'];

export type DrawnPicturesParts = TerminalPicturesParts & Pick<PainterParts, 'wanted'>;

/** Asks the terminal whether it draws pictures; if so, has it draw those of the dashboard. */
export function openDrawnPictures(parts: DrawnPicturesParts): TerminalPictures {
	const {dashboard, stdin, stdout, between, wanted} = parts;
	const filter = createAnswerFilter(() => stdin.emit('readable'));
	between.read = filter.read;
	const asker = createTerminalAsker(stdout, filter);
	let encoder: EncoderThread | undefined;
	let painter: PicturePainter | undefined;
	let kind: Graphics['kind'] | undefined;
	let isAway = false;

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
				onFailure: () => draw(undefined),
			});
		}

		dashboard.setGraphics(graphics);
		refresh();
	};

	between.write = text => {
		if (!painter) {
			return text;
		}

		if (text === begin) {
			return text + painter.before();
		}

		if (text === end) {
			return painter.after() + text;
		}

		if (text.includes(leaveScreen)) {
			isAway = true;
			return painter.forget() + text;
		}

		isAway &&= !text.includes(enterScreen);
		painter.touched(touchedRows(text));
		return text;
	};

	asker.graphics(parts.choice, parts.env).then(draw);
	return {
		rendered: refresh,
		lost: forget,
		resized() {
			forget();
			// The letters may have another size as well.
			if (kind === 'sixel') {
				draw({kind});
				asker.measured(kind).then(draw);
			}
		},
		answered: asker.answered,
		close() {
			painter = undefined;
			encoder?.close();
		},
	};
}
