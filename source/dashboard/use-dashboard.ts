import {useInput, usePaste} from 'ink';
import {useSyncExternalStore} from 'react';
import type {DashboardState} from '../state/dashboard-state.js';
import {strokesOf} from '../state/keys/key-strokes.js';
import type {Dashboard} from './dashboard.js';

/** Binds a dashboard to Ink: its state, and the only listener to keys and pastes in the app. */
export function useDashboard(dashboard: Dashboard): DashboardState {
	useInput((input, key) => dashboard.press(strokesOf(input, key)));
	usePaste(text => dashboard.paste(text));
	return useSyncExternalStore(dashboard.subscribe, dashboard.state);
}
