import {Box, Text} from 'ink';
import {Behind} from '../components/behind.js';
import {Detail} from '../screens/detail/detail.js';
import {Lists} from '../screens/home/lists.js';
import {TourLine} from '../screens/home/tour-line.js';
import {HostLine} from '../screens/host/host-line.js';
import {NoticeLine} from '../screens/notices/notice-line.js';
import type {DashboardState} from '../state/dashboard-state.js';
import {type Layout, layoutOf, smallest} from '../state/layout.js';
import {Footer} from './footer.js';
import {screenOf} from './update.js';

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
			{isFilled(state) ? (
				<Box height={layout.bodyHeight} />
			) : (
				<Behind value={hasDialog(state)}>
					<Home state={state} layout={layout} />
				</Behind>
			)}
			<NoticeLine state={state} />
			{state.touring ? <TourLine state={state} /> : null}
			<Footer state={state} />
			<OverlayView state={state} />
		</Box>
	);
}

/** Whether something lies over the panels. */
function hasDialog({overlay}: DashboardState): boolean {
	const screen = overlay && screenOf(overlay);
	return screen?.view !== undefined && !screen.leavesHome;
}

const isFilled = ({overlay}: DashboardState) => overlay && screenOf(overlay).fillsScreen;

function Home({state, layout}: {state: DashboardState; layout: Layout}) {
	return (
		<Box height={layout.bodyHeight} overflow="hidden">
			{layout.showLists ? <Lists state={state} layout={layout} /> : null}
			{layout.showDetail ? <Detail state={state} layout={layout} /> : null}
		</Box>
	);
}

function OverlayView({state}: {state: DashboardState}) {
	const {overlay} = state;
	return overlay ? (screenOf(overlay).view?.({state, overlay}) ?? null) : null;
}
