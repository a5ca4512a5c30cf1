import type {Overlay, OverlayOf} from '../../state/overlay.js';

/** Asks before what was typed is discarded; no brings the form back. */
export function discard(under: Overlay): OverlayOf<'confirm'> {
	return {
		kind: 'confirm',
		title: 'Close the form?',
		lines: ['What you typed will be lost.'],
		yes: 'close it',
		no: 'keep typing',
		under,
	};
}

/** Closes a form, after a question where something was typed. */
export function closeForm(form: Overlay, isTyped: boolean): Overlay | undefined {
	return isTyped ? discard(form) : undefined;
}
