import type {Graphics} from '../domain/graphics.js';
import type {Preset} from '../domain/preset.js';
import type {Prompt, ShownRun} from '../domain/types.js';
import type {TransferProgress} from '../executor/run-watcher.js';
import type {QueueView} from '../workflow/queue-types.js';
import type {HostReport} from '../workflow/workflow-types.js';
import type {Notice, RunMotion} from './dashboard-state.js';
import type {FolderView} from './forms/prompt-form.js';
import type {CommandName} from './keys/bindings.js';
import type {LogPattern} from './log/log-pattern.js';
import type {LogWindow} from './log/log-view.js';
import type {PlanView} from './overlay.js';
import type {PictureView} from './pictures/pictures.js';
import type {BatchingView} from './queue/batching-dialog.js';
import type {RecordEvent} from './records/record-deed.js';

/** Everything that can happen to the dashboard's state. Times are milliseconds since 1970. */
export type Action =
	/** A key that the binding table knows. */
	| {type: 'command'; command: CommandName; at: number}
	/** Keys or a paste that go into a text. */
	| {type: 'typed'; text: string; at: number}
	| {type: 'resized'; columns: number; rows: number}
	| {type: 'prompts-read'; prompts: readonly Prompt[]}
	| {type: 'runs-read'; runs: readonly ShownRun[]; ownRuns: readonly string[]; at: number}
	| {type: 'store-failed'; message: string}
	| {type: 'log-read'; window: LogWindow}
	| {type: 'log-searching'; pattern: LogPattern; fraction: number}
	| {type: 'log-searched'; pattern: LogPattern; found?: {offset: number; wrapped: boolean}}
	| {type: 'picture'; file: string; view: PictureView}
	/** The next frame of what is played. */
	| {type: 'picture-turned'}
	/** How the terminal draws pictures; undefined when it does not. */
	| {type: 'graphics'; graphics: Graphics | undefined}
	| {type: 'motion'; runId: string; bar: RunMotion['bar']; lastLine: string}
	| {type: 'transfer'; runId: string; progress: TransferProgress}
	| {type: 'run-started'; runId: string}
	/** The launch was refused before anything was started. */
	| {type: 'launch-refused'; message: string; hint: string}
	| {type: 'launch-accepted'; queued?: boolean; at: number}
	| {type: 'queue-read'; view: QueueView; at: number}
	| {type: 'batching-view'; view: BatchingView}
	| {type: 'batching-applied'}
	| {type: 'plan-made'; view: PlanView}
	| {type: 'folder-seen'; folder: string; view: FolderView}
	| {type: 'path-completed'; text: string; completed: string; candidates: readonly string[]}
	| {type: 'prompt-made'; prompt: Prompt}
	| {type: 'prompt-refused'; message: string}
	| {type: 'presets-read'; presets: readonly Preset[]}
	| {type: 'record'; event: RecordEvent}
	| {type: 'host-asked'; name: string}
	| {type: 'host-answered'; report: HostReport; at: number}
	/** An answer to the host page. */
	| {type: 'host-looked'; report: HostReport; at: number}
	/** A question of the host page is open for long. */
	| {type: 'host-late'; name: string; since: number}
	| {type: 'host-failed'; name: string; message: string; hint: string; at: number}
	| {type: 'noticed'; notice: Notice}
	| {type: 'ticked'; now: number};
