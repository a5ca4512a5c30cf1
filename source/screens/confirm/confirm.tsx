import {Question} from '../../components/question.js';
import type {Context} from '../../state/dashboard-state.js';
import type {Effect} from '../../state/effect.js';
import {overlayKeys, show} from '../../state/keys/key-row.js';
import type {Overlay} from '../../state/overlay.js';
import type {Feature} from '../feature.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** A question whose answer is no, unless `y` is pressed. */
		confirm: {
			title: string;
			lines: readonly string[];
			/** What yes and no do, in two or three words each. */
			yes: string;
			no: string;
			effect?: Effect;
			/** What a no brings back. */
			under?: Overlay;
		};
	}
}

const context: Context = {name: 'confirm', title: 'Questions', fixed: true, order: 90};

/** A yes-or-no question. */
export const confirm = {
	overlays: {
		confirm: {
			keys: overlayKeys('confirm', context, [
				[
					'confirm-yes',
					'y',
					'yes',
					'yes',
					(state, {effect}) => [{...state, overlay: undefined}, ...(effect ? [effect] : [])],
				],
				['confirm-no', 'n esc q', 'no', 'no', (state, {under}) => show(state, under)],
			]),
			view: ({state, overlay}) => (
				<Question
					size={state.size}
					title={overlay.title}
					lines={overlay.lines.map(line => [line])}
					answers={[
						['y', overlay.yes],
						['n', overlay.no],
					]}
				/>
			),
			showsKeys: true,
		},
	},
} satisfies Feature;
