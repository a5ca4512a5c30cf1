import type {DashboardState, HostView} from '../../state/dashboard-state.js';

/** Milliseconds after which a host that did not answer is asked again. */
const retryPause = 60_000;

/** When a host is asked again, milliseconds since 1970; undefined for one that has answered. */
export function nextTryOf(host: HostView): number | undefined {
	const isSilent = host.state === 'failed' || (host.state === 'known' && host.report.silent);
	return isSilent ? host.at + retryPause : undefined;
}

/** Has the host of the first row asked again while it does not answer. */
export function createHostRetry(ask: (host: string) => void) {
	let timer: NodeJS.Timeout | undefined;
	let followed: HostView | undefined;
	return {
		follow({host}: DashboardState) {
			if (host === followed) {
				return;
			}

			followed = host;
			clearTimeout(timer);
			const next = nextTryOf(host);
			if (next !== undefined) {
				timer = setTimeout(ask, Math.max(0, next - Date.now()), host.name);
			}
		},
		close: () => clearTimeout(timer),
	};
}
