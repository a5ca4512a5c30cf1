import type {Run} from '../types.js';
import {familyOf} from './families.js';

/** The repositories whose files a run's model reads, as far as the product knows them: a family's, or the one named. */
export function checkpointsOf(run: Run): string[] {
	if (run.operation === 'recipe' || ('endpoint' in run && run.endpoint)) {
		return [];
	}

	const {checkpoints = [], host} = familyOf(run.model);
	const {settings} = run;
	const named =
		run.server?.checkpoint ?? ('checkpoint' in settings ? settings.checkpoint : undefined);
	const others = checkpoints.filter(({name}) => name !== named).map(({name}) => `nvidia/${name}`);
	const {anyOf = [], gated = []} = host?.downloads ?? {};
	const needed = run.operation === 'enhance' ? 'cosmos prompt-enhance' : undefined;
	const inCheckout = (host?.files ?? []).flatMap(({path, for: use}) =>
		use === needed ? (/^checkpoints\/([^/]+\/[^/]+)/.exec(path)?.[1] ?? []) : [],
	);
	return [...new Set([...anyOf, ...gated, ...inCheckout])].filter(one => !others.includes(one));
}
