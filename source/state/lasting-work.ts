import type {Effect} from './effect.js';

/** Whether an effect changes what is kept at home, and soon: whoever leaves has asked for it still. */
export function isLasting(effect: Effect): boolean {
	switch (effect.kind) {
		case 'create-prompt':
		case 'queue-add':
		case 'queue':
		case 'queue-move':
		case 'batching-apply':
		case 'save-preset':
		case 'save-log':
			return true;
		case 'record':
			return ['annotate', 'rename', 'delete', 'save-text'].includes(effect.deed.do);
		default:
			return false;
	}
}
