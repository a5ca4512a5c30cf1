import {messageOf} from '../../domain/errors.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import type {EffectOf} from '../../state/effect.js';
import type {Event} from '../../state/event.js';
import {matchesLine, patternOf} from '../../state/log/log-pattern.js';
import {type LogView, wants} from '../../state/log/log-view.js';
import {shownRunOf} from '../../state/selectors.js';
import type {LogFile} from '../../store/log-file.js';
import type {Workflow} from '../../workflow/workflow-types.js';
import {contentRows} from '../detail/content-rows.js';
import {LogReader} from './log-reader.js';
import {countLines, findLine} from './log-search.js';

/** Milliseconds between two reports of how far a search is. */
const progressPause = 100;

/** Whether other lines are kept than before: which have the words depends on what is shown of them. */
const keepsOther = (open: Pick<LogView, 'keep' | 'whole'>, {keep, whole}: LogView) =>
	open.keep !== keep || (keep !== '' && open.whole !== whole);

/** Keeps a reader on the log that the detail shows, and searches in it. */
export function createLogFollower(workflow: Workflow, dispatch: (event: Event) => void) {
	let open:
		| {runId: string; keep: string; whole: boolean; log: LogFile; reader: LogReader}
		| undefined;
	let searching: AbortController | undefined;

	const failed = (error: unknown) =>
		dispatch({
			type: 'noticed',
			notice: {tone: 'bad', text: `log: ${messageOf(error)}`, hint: '', at: Date.now()},
		});

	const leave = () => {
		searching?.abort();
		open?.reader.close();
		open = undefined;
	};

	const enter = (runId: string, {keep, whole}: LogView) => {
		const log = workflow.openLog(runId);
		const pattern = keep === '' ? undefined : patternOf(keep);
		const reader = new LogReader({
			runId,
			log,
			keep: pattern && (line => matchesLine(pattern, line, whole)),
			onWindow: window => dispatch({type: 'log-read', window}),
			onError: failed,
		});
		open = {runId, keep, whole, log, reader};
	};

	async function search(effect: EffectOf<'log-search'>): Promise<void> {
		if (!open) {
			return;
		}

		searching?.abort();
		const controller = new AbortController();
		searching = controller;
		const {log, reader, keep, whole} = open;
		const {pattern, direction} = effect;
		const also = keep === '' ? undefined : patternOf(keep);
		let shown = 0;
		const onProgress = (fraction: number) => {
			if (Date.now() - shown > progressPause && !controller.signal.aborted) {
				shown = Date.now();
				dispatch({type: 'log-searching', pattern, fraction});
			}
		};

		onProgress(0);
		const found = await findLine({
			log,
			pattern,
			whole,
			also,
			direction,
			from: effect.from ?? (await reader.offsetOf(effect.line)),
			here: effect.here ?? effect.from === undefined,
			signal: controller.signal,
			onProgress,
		});
		if (!controller.signal.aborted) {
			dispatch({type: 'log-searched', pattern, found});
			if (found) {
				reader.toOffset(found.offset);
				const request = {log, pattern, whole, also, from: found.offset};
				const count = await countLines({...request, signal: controller.signal});
				if (count) {
					dispatch({type: 'log-counted', pattern, at: found.offset, count});
				}
			}
		}
	}

	return {
		follow(state: DashboardState) {
			const wanted = state.tab === 'log' ? shownRunOf(state)?.run.id : undefined;
			if (wanted !== open?.runId || (open && keepsOther(open, state.log))) {
				leave();
				if (wanted !== undefined) {
					enter(wanted, state.log);
				}
			}

			if (open) {
				open.whole = state.log.whole;
				open.reader.following = state.log.follow;
				const more = wants(state.log, contentRows(state));
				if (more) {
					open.reader[more]();
				}
			}
		},
		toStart: () => open?.reader.toStart(),
		toEnd: () => open?.reader.toEnd(),
		stopSearch: () => searching?.abort(),
		search: (effect: EffectOf<'log-search'>) => search(effect).catch(failed),
		close: leave,
	};
}
