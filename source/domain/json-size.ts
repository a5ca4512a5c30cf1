/** How many values a JSON text has at most, and how deep they are nested; nothing is parsed. */
export function measureJson(text: string): {values: number; depth: number} {
	let values = 1;
	let depth = 0;
	let level = 0;
	let quoted = false;
	for (let index = 0; index < text.length; index++) {
		const sign = text[index];
		if (quoted) {
			index += sign === '\\' ? 1 : 0;
			quoted = sign !== '"';
		} else if (sign === '"') {
			quoted = true;
		} else if (sign === '[' || sign === '{') {
			level += 1;
			values += 1;
			depth = Math.max(depth, level);
		} else if (sign === ']' || sign === '}') {
			level -= 1;
		} else if (sign === ',') {
			values += 1;
		}
	}

	return {values, depth};
}
