import {type Canvas, type Color, mix, rgb} from './canvas.js';

const glyphWidth = 3;
const glyphHeight = 5;

/** Five rows of three dots for each character that a stamp has, a row as an octal digit. */
const glyphs = new Map(
	(
		'A25755 D65556 E74647 G34753 H55755 I72227 K55655 L44447 M57755 N65555 O25552 P65644 S34216 ' +
		'T72222 U55557 V55552 Y55222 025552 126227 261247 361216 455711 574616 634652 771244 825252 925316'
	)
		.split(' ')
		.map(glyph => [glyph[0], [...glyph.slice(1)].map(Number)] as const),
);

/**
 * Marks a frame at its lower edge: a dark band with a word at the left and, where there is room,
 * another at the right.
 */
export function stamp(canvas: Canvas, word: string, right: string): void {
	const {width, height, pixels} = canvas;
	const scale = Math.max(1, Math.round(Math.min(width / 160, height / 88)));
	const margin = 2 * scale;
	const top = Math.max(0, height - glyphHeight * scale - 2 * margin);
	for (let at = top * width; at < pixels.length; at++) {
		pixels[at] = mix(pixels[at] ?? 0, rgb(0, 0, 0), 0.72);
	}

	const left = 2 * margin;
	drawText(canvas, word, left, top + margin, scale, rgb(255, 200, 60));
	const rightStart = width - left - textWidth(right, scale);
	if (rightStart > left + textWidth(word, scale) + 4 * scale) {
		drawText(canvas, right, rightStart, top + margin, scale, rgb(200, 200, 200));
	}
}

function textWidth(text: string, scale: number): number {
	return (text.length * (glyphWidth + 1) - 1) * scale;
}

function drawText(
	{width, height, pixels}: Canvas,
	text: string,
	left: number,
	top: number,
	scale: number,
	color: Color,
): void {
	const bottom = Math.min(height, top + glyphHeight * scale);
	const end = Math.min(width, left + textWidth(text, scale));
	for (let y = top; y < bottom; y++) {
		for (let x = left; x < end; x++) {
			const column = Math.floor((x - left) / scale);
			const rows = glyphs.get(text[Math.floor(column / (glyphWidth + 1))] ?? '');
			const dots = rows?.[Math.floor((y - top) / scale)] ?? 0;
			if (dots & (4 >> (column % (glyphWidth + 1)))) {
				pixels[y * width + x] = color;
			}
		}
	}
}
