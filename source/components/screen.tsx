import {Box, Text} from 'ink';
import type {DashboardState} from '../state/dashboard-state.js';
import {type Layout, layoutOf, smallest} from '../state/layout.js';
import {BatchingPage} from './batching-view.js';
import {DeletePage} from './delete-page.js';
import {Detail} from './detail.js';
import {Footer, NoticeLine, TourLine} from './footer.js';
import {HostLine} from './host-line.js';
import {LaunchFormView} from './launch-form.js';
import {Lists} from './lists.js';
import {HelpPage, HostPage, NoticesPage, StatsPage} from './pages.js';
import {PaletteView} from './palette.js';
import {PlanPage} from './plan-view.js';
import {PromptFormView} from './prompt-form.js';
import {ConfirmView, EditedView, QuitView} from './questions.js';
import {PresetFormView, RecordFormView} from './record-form.js';

/** The whole screen of a state: exactly as many rows as the terminal has. */
export function Screen({state}: {state: DashboardState}) {
	const {columns, rows} = state.size;
	const layout = layoutOf(state);
	if (layout.tooSmall) {
		return (
			<Box width={columns} height={rows} overflow="hidden">
				<Text wrap="truncate">
					{`cosmos needs ${smallest.columns}×${smallest.rows}, this is ${columns}×${rows}`}
				</Text>
			</Box>
		);
	}

	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			<HostLine state={state} />
			<Home state={state} layout={layout} />
			<Notices state={state} />
			{state.touring ? <TourLine state={state} /> : null}
			<Footer state={state} />
			<OverlayView state={state} />
		</Box>
	);
}

function Home({state, layout}: {state: DashboardState; layout: Layout}) {
	return (
		<Box height={layout.bodyHeight} overflow="hidden">
			{layout.showLists ? <Lists state={state} layout={layout} /> : null}
			{layout.showDetail ? <Detail state={state} layout={layout} /> : null}
		</Box>
	);
}

function Notices({state}: {state: DashboardState}) {
	const notice = state.notices.at(-1);
	return state.noticeShown && notice ? (
		<NoticeLine notice={notice} columns={state.size.columns} />
	) : null;
}

function OverlayView({state}: {state: DashboardState}) {
	const {overlay, size} = state;
	switch (overlay?.kind) {
		case 'help':
			return <HelpPage size={size} scroll={overlay.scroll} custom={state.customKeys} />;
		case 'notices':
			return <NoticesPage size={size} scroll={overlay.scroll} notices={state.notices} />;
		case 'host':
			return <HostPage state={state} overlay={overlay} />;
		case 'stats':
			return <StatsPage state={state} overlay={overlay} />;
		case 'batching':
			return <BatchingPage overlay={overlay} size={size} customKeys={state.customKeys} />;
		case 'launch':
			return <LaunchFormView form={overlay.form} state={state} />;
		case 'plan':
			return <PlanPage view={overlay.view} scroll={overlay.scroll} size={size} />;
		case 'prompt':
			return <PromptFormView form={overlay.form} state={state} />;
		case 'preset':
			return <PresetFormView form={overlay} state={state} />;
		case 'record':
			return <RecordFormView form={overlay} state={state} />;
		case 'delete':
			return <DeletePage overlay={overlay} state={state} />;
		case 'edited':
			return <EditedView edited={overlay} size={size} />;
		case 'palette':
			return <PaletteView palette={overlay} state={state} />;
		case 'confirm':
			return <ConfirmView question={overlay} size={size} />;
		case 'quit':
			return <QuitView overlay={overlay} runs={leavingRuns(state, overlay.runs)} size={size} />;
		default:
			return null;
	}
}

function leavingRuns(state: DashboardState, ids: readonly string[]) {
	return ids.map(id => {
		const run = state.runs?.find(one => one.run.id === id)?.run;
		return {name: run?.promptName ?? id, host: run?.host ?? ''};
	});
}
