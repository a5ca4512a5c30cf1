import type {Confirm, Overlay} from '../overlay.js';

/** Asks before what was typed is thrown away; no brings the form back. */
export function discard(under: Overlay): Confirm {
	return {
		kind: 'confirm',
		title: 'Close the form?',
		lines: ['What you typed is lost.'],
		yes: 'close it',
		no: 'go on typing',
		under,
	};
}
