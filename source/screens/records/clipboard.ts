/** Characters in base64 that xterm takes at once; other terminals take as many or more. */
const longestCopy = 74_994;

/**
 * The sequence (OSC 52) by which a terminal, also a remote one, puts a text into the clipboard;
 * undefined when the text is too long for one. Inside tmux it is said twice: to tmux itself, which
 * needs `set-clipboard on`, and through it, which needs `allow-passthrough on`.
 * @see https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
export function copySequence(text: string, insideTmux: boolean): string | undefined {
	const data = Buffer.from(text).toString('base64');
	if (data.length > longestCopy) {
		return undefined;
	}

	const plain = `\u001b]52;c;${data}\u0007`;
	return insideTmux ? `${plain}\u001bPtmux;\u001b${plain}\u001b\\` : plain;
}
