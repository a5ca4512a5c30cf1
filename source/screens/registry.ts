import type {EffectKind} from '../state/effect.js';
import type {EventName, Events} from '../state/event.js';
import type {OverlayKind} from '../state/overlay.js';
import {batching} from './batching/batching.js';
import {columns} from './columns/columns.js';
import {compare} from './compare/compare.js';
import {confirm} from './confirm/confirm.js';
import {deletion} from './delete/delete.js';
import {editText} from './edit-text/edit-text.js';
import {failures} from './failures/failures.js';
import type {Feature} from './feature.js';
import {filter} from './filter/filter.js';
import {help} from './help/help.js';
import {home} from './home/home.js';
import {navigation} from './home/navigation.js';
import {host} from './host/host.js';
import {launch} from './launch/launch.js';
import {log} from './log/log.js';
import {mouse} from './mouse/mouse.js';
import {newPrompt} from './new-prompt/new-prompt.js';
import {notices} from './notices/notices.js';
import {outputs} from './outputs/outputs.js';
import {ownCommands} from './own-commands/own-commands.js';
import {palette} from './palette/palette.js';
import {pictures} from './pictures/pictures.js';
import {plan} from './plan/plan.js';
import {presets} from './presets/presets.js';
import {program} from './program/program.js';
import {prompts} from './prompts/prompts.js';
import {queue} from './queue/queue.js';
import {quit} from './quit/quit.js';
import {records} from './records/records.js';
import {runs} from './runs/runs.js';
import {sheet} from './sheet/sheet.js';
import {stats} from './stats/stats.js';
import {trash} from './trash/trash.js';
import {undo} from './undo/undo.js';

/** Every screen of the dashboard, a row each. The order is the order of keys in the footer. */
const screens = {
	home,
	queue,
	launch,
	plan,
	presets,
	runs,
	newPrompt,
	deletion,
	trash,
	failures,
	undo,
	records,
	editText,
	prompts,
	log,
	filter,
	columns,
	pictures,
	compare,
	sheet,
	outputs,
	navigation,
	mouse,
	host,
	stats,
	batching,
	notices,
	ownCommands,
	program,
	palette,
	help,
	confirm,
	quit,
} as const;

type Screens = (typeof screens)[keyof typeof screens];
type KeysOf<T> = T extends unknown ? keyof T : never;
type PartOf<T, P extends string> = T extends {[Key in P]: infer Part} ? KeysOf<Part> : never;
type Performed = Screens extends infer S
	? S extends {work: (...parts: never[]) => {perform: infer P}}
		? keyof P
		: never
	: never;

/**
 * What the screens have declared and none of them handles: an overlay without a view, an event
 * without a handler, an effect that nobody performs. Anything in here does not compile.
 */
type Forgotten =
	| Exclude<OverlayKind, PartOf<Screens, 'overlays'>>
	| Exclude<EventName, PartOf<Screens, 'on'> | PartOf<Screens, 'answers'> | CoreEvent>
	| Exclude<EffectKind, Performed>;
/** The events that the update loop handles itself. */
export type CoreEvent = keyof Pick<Events, 'key' | 'typed' | 'command'>;
const nothingForgotten: [Forgotten] extends [never] ? true : Forgotten = true;

export const features: readonly Feature[] = nothingForgotten ? Object.values(screens) : [];
