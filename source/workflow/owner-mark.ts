import {hostname, userInfo} from 'node:os';

/** Our name for others who look at a host: `user@machine`, which every job of ours carries there. */
export function ownerMark(): string {
	return `${userInfo().username}@${hostname()}`.replaceAll(/[^\w.@-]/g, '_');
}
