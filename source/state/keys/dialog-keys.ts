import {keysOf} from './key-row.js';
import {canMerge, deletable, deletesPrompts, writesNote} from './what-works.js';

/** Keys of the dialogs for batches and records, and of the palette; a part of the table. */
export const dialogKeys = [
	...keysOf('batching', [
		['batching-apply', 'enter', 'merge', 'merge the jobs as shown', canMerge],
		['batching-mixed', 'm', 'mixed/strict', 'also together what uses different controls, or not'],
		['batching-more', 'right l +', '← →:most in one', 'one more in a batch at most'],
		['batching-fewer', 'left h -', '', 'one less; below 2 the hosts say how many'],
	]),
	...keysOf('rate', [
		['rate-1', '1', '1–5:stars', 'one star'],
		['rate-2', '2', '', 'two stars'],
		['rate-3', '3', '', 'three stars'],
		['rate-4', '4', '', 'four stars'],
		['rate-5', '5', '', 'five stars'],
		['rate-0', '0', 'none', 'take the stars away'],
		['record-close', 'esc q', 'cancel', 'leave them as they are'],
	]),
	...keysOf('record', [
		['record-save', 'enter', 'save', 'save'],
		['new-line', 'ctrl-j alt-enter', '', 'a new line in a note', writesNote],
		['record-close', 'esc', 'cancel', 'leave it as it was; asks when a note was typed'],
	]),
	...keysOf('delete', [
		['delete-yes', 'y', 'move to the trash', 'move what is shown to the trash', deletable],
		['delete-runs', 'w', 'with runs', 'the runs of the prompts too, or not', deletesPrompts],
		['delete-outputs', 'o', 'outputs only', 'only the outputs, which weigh most; the records stay'],
		['record-close', 'n esc q', 'cancel', 'delete nothing'],
		['down', 'j down', '', 'down'],
		['up', 'k up', '', 'up'],
		['page-down', 'pagedown space ctrl-d', '', 'a page down'],
		['page-up', 'pageup ctrl-u', '', 'a page up'],
	]),
	...keysOf('edited', [
		['text-new', 'n', 'new prompt', 'make a new prompt of the text'],
		[
			'text-replace',
			'r',
			'replace',
			'replace the text all the same; the history keeps the old one',
		],
		['record-close', 'esc', 'drop the text', 'throw the new text away'],
	]),
	...keysOf('palette', [
		['palette-run', 'enter', 'do it', 'do what is selected'],
		['palette-next', 'down ctrl-n tab', '↑ ↓:choose', 'the next one'],
		['palette-previous', 'up ctrl-p shift-tab', '', 'the one before'],
		['palette-close', 'esc', 'cancel', 'close'],
	]),
] as const;
