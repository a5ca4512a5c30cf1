// A screen of a terminal as an SVG: every cell in its place, text as text, half blocks as rectangles.

const [cellWidth, cellHeight, margin] = [8.4, 18, 12];
const [paper, ink] = ['#1a1b26', '#c0caf5'];
/** The sixteen colours, and the levels of the 6×6×6 cube that follows them. */
const sixteen =
	'#15161e #f7768e #9ece6a #e0af68 #7aa2f7 #bb9af7 #7dcfff #a9b1d6 #414868 #f7768e #9ece6a #e0af68 #7aa2f7 #bb9af7 #7dcfff #c0caf5'.split(
		' ',
	);
const levels = [0, 95, 135, 175, 215, 255];

const hex = (...parts) => `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;

function paletteColour(index) {
	if (index < 16) {
		return sixteen[index];
	}

	if (index >= 232) {
		const gray = 8 + 10 * (index - 232);
		return hex(gray, gray, gray);
	}

	const at = index - 16;
	return hex(levels[Math.floor(at / 36)], levels[Math.floor(at / 6) % 6], levels[at % 6]);
}

function colourOf(isDefault, isRgb, value, otherwise) {
	if (isDefault) {
		return otherwise;
	}

	return isRgb ? hex((value >> 16) & 255, (value >> 8) & 255, value & 255) : paletteColour(value);
}

function cellAt(line, column, character) {
	const cell = line.getCell(column);
	const fore = colourOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor(), ink);
	const back = colourOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor(), paper);
	const [fill, behind] = cell.isInverse() ? [back, fore] : [fore, back];
	if (character === '▀') {
		return {character, fill: coarse(fill), behind: coarse(behind), style: ''};
	}

	const style = `${cell.isBold() ? ' font-weight="bold"' : ''}${cell.isDim() ? ' opacity="0.6"' : ''}`;
	return {character, fill, behind, style};
}

const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const number = value => String(Math.round(value * 10) / 10);
const box = (x, y, width, height) =>
	`M${number(x)} ${number(y)}h${number(width)}v${number(height)}h${number(-width)}z`;

/** A colour of a picture in steps that nobody sees: neighbours are alike, and the file is small. */
function coarse(colour) {
	const steps = colour
		.match(/[0-9a-f]{2}/g)
		.map(part => Math.round(Number.parseInt(part, 16) / 17));
	return hex(...steps.map(step => step * 17));
}

/** Cells that follow each other and are alike in what `key` says. */
function* runsOf(cells, key) {
	let from = 0;
	for (let at = 1; at <= cells.length; at++) {
		if (at === cells.length || key(cells[at]) !== key(cells[from])) {
			yield {from, cells: cells.slice(from, at)};
			from = at;
		}
	}
}

/**
 * @param buffer of a terminal of the tests
 * @param text what the rows are to say: as wide as those of the buffer
 */
export function screenSvg({line, columns, rows}, text) {
	const lines = text.split('\n');
	const parts = [];
	/** All boxes of a colour are one path; those of a row are drawn from left to right. */
	const boxes = new Map();
	const rect = (x, y, width, height, fill) =>
		boxes.set(fill, (boxes.get(fill) ?? '') + box(x, y, width, height));
	for (let row = 0; row < rows; row++) {
		const shown = [...(lines[row] ?? '')];
		const cells = Array.from({length: columns}, (_, column) =>
			cellAt(line(row), column, shown[column] ?? ' '),
		);
		const top = margin + row * cellHeight;
		for (const {from, cells: alike} of runsOf(
			cells,
			({character, behind}) => `${character === '▀'} ${behind}`,
		)) {
			if (alike[0].behind !== paper) {
				const x = margin + from * cellWidth;
				const isPicture = alike[0].character === '▀';
				const [y, height] = isPicture ? [top + cellHeight / 2, cellHeight / 2] : [top, cellHeight];
				rect(x, y, alike.length * cellWidth, height, alike[0].behind);
			}
		}

		const key = ({character, fill, style}) => `${character === '▀'} ${fill} ${style}`;
		for (const {from, cells: alike} of runsOf(cells, key)) {
			const x = margin + from * cellWidth;
			const [{character, fill, style}] = alike;
			const words = alike.map(cell => cell.character).join('');
			if (character === '▀') {
				rect(x, top, alike.length * cellWidth, cellHeight / 2, fill);
			} else if (words.trim() !== '') {
				const length = (alike.length * cellWidth).toFixed(1);
				parts.push(
					`<text x="${x.toFixed(1)}" y="${top + 13}" textLength="${length}" fill="${fill}"${style} xml:space="preserve">${escaped(words)}</text>`,
				);
			}
		}
	}

	const [width, height] = [columns * cellWidth + 2 * margin, rows * cellHeight + 2 * margin];
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">`,
		'<title>The dashboard of cosmos</title>',
		`<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
		...[...boxes].map(([fill, path]) => `<path fill="${fill}" d="${path}"/>`),
		...parts,
		'</svg>',
		'',
	].join('\n');
}
