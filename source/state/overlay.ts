import type {BatchPlan, LaunchPlan} from '../workflow/workflow-types.js';
import type {Effect} from './effect.js';
import type {PresetForm} from './forms/form-presets.js';
import type {LaunchForm} from './forms/launch-form.js';
import type {PromptForm} from './forms/prompt-form.js';
import type {DeleteView, EditedText, RecordForm, Thing} from './forms/record-form.js';
import type {TextField} from './forms/text-field.js';
import type {Palette} from './palette/palette.js';
import type {ListName} from './panels.js';
import type {BatchingDialog} from './queue/batching-dialog.js';

export type PlanView =
	| {state: 'making'}
	| {state: 'made'; plans: ReadonlyArray<LaunchPlan | BatchPlan>}
	| {state: 'failed'; message: string; hint: string};

/** What lies over the home screen and has the keys; at most one. */
export type Overlay =
	| {kind: 'help'; scroll: number}
	| {kind: 'notices'; scroll: number}
	/** `host`: its name in the configuration. It is asked as long as this is open. */
	| {kind: 'host'; host: string; scroll: number}
	/** `at`: milliseconds since 1970, the day that counts as today. */
	| {kind: 'stats'; at: number; scroll: number}
	/** Typing a list's filter. `before` is what esc brings back. */
	| {kind: 'filter'; list: ListName; field: TextField; before: string}
	/** Typing what a log is searched for, which lines are kept, or where it is saved. */
	| {kind: 'find'; purpose: 'search' | 'keep' | 'save'; field: TextField}
	| BatchingDialog
	| {kind: 'launch'; form: LaunchForm}
	| {kind: 'plan'; form: LaunchForm; view: PlanView; scroll: number}
	| {kind: 'prompt'; form: PromptForm}
	/** Choosing stars for prompts or runs. */
	| {kind: 'rate'; things: readonly Thing[]}
	| PresetForm<LaunchForm>
	| RecordForm
	| DeleteView
	| EditedText
	| Palette
	| Confirm
	| QuitQuestion;

/** Leaving while runs of this process are going. */
export type QuitQuestion = {
	kind: 'quit';
	runs: readonly string[];
	/** Their end has been asked for. */
	stopping: boolean;
	/** What comes back for whoever stays. */
	under?: Overlay;
};

/** A question whose answer is no, unless `y` is pressed. */
export type Confirm = {
	kind: 'confirm';
	title: string;
	lines: readonly string[];
	/** What yes and no do, in two or three words each. */
	yes: string;
	no: string;
	effect?: Effect;
	/** What comes back after no. */
	under?: Overlay;
};
