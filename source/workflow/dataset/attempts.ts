import type {RowReason} from '../../domain/dataset/dataset.js';
import {offloadSettings, retryPolicies} from '../../domain/dataset/retry-policy.js';
import type {Host} from '../../domain/hosts/host.js';
import {hostsFor} from '../../domain/hosts/host-choice.js';
import type {LaunchRequest} from '../../domain/settings/launch-request.js';
import type {SettingValue} from '../../domain/settings/settings.js';
import type {Run} from '../../domain/types.js';

/** How a clip is tried, after failures. */
type Attempt = {
	/** How often it has been tried again. */
	retries: number;
	settings?: Record<string, SettingValue>;
	/** Hosts where it has failed. */
	failedOn: string[];
};

/** How clips that have failed are tried again, by their index. */
export function createAttempts({
	hosts,
	defaultHost,
}: {
	hosts: readonly Host[];
	defaultHost: string;
}) {
	const attempts = new Map<number, Attempt>();

	/** Another host of the target than those where a clip has failed; the target itself if there is none. */
	function hostWithout(target: string, failedOn: readonly string[]): string {
		const left = hostsFor(hosts, target).filter(({name}) => !failedOn.includes(name));
		return left[0]?.name ?? target;
	}

	return {
		/**
		 * Notes a failure.
		 * @param host where it failed
		 * @param run absent where the job could not start
		 * @returns what to do now
		 */
		after(index: number, reason: RowReason, host: string, run?: Run): 'end' | 'again' | 'fetch' {
			const {retries, how} = retryPolicies[reason];
			const before = attempts.get(index) ?? {retries: 0, failedOn: []};
			const settings = how === 'offload' && run ? offloadSettings(run, run.settings) : undefined;
			if (before.retries >= retries || (how === 'offload' && !settings)) {
				return 'end';
			}

			attempts.set(index, {
				retries: before.retries + 1,
				...((settings ?? before.settings) && {settings: {...before.settings, ...settings}}),
				failedOn: how === 'elsewhere' ? [...before.failedOn, host] : before.failedOn,
			});
			return how === 'fetch' ? 'fetch' : 'again';
		},
		/** The request of a clip, as it is to be tried now. */
		request(index: number, base: LaunchRequest): LaunchRequest {
			const {settings, failedOn = []} = attempts.get(index) ?? {};
			return {
				...base,
				settings: {...base.settings, ...settings},
				...(failedOn.length > 0 && {host: hostWithout(base.host ?? defaultHost, failedOn)}),
			} as LaunchRequest;
		},
	};
}
