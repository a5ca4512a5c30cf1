/** The controls of Cosmos-Transfer2.5, in the order in which the program keeps them. */
export const controlKeys = ['edge', 'vis', 'depth', 'seg'] as const;
export type ControlKey = (typeof controlKeys)[number];

type Weights = ReadonlyMap<ControlKey, number>;

/** The controls that any sample of a process uses. */
export function keysOf(samples: ReadonlyArray<{controls: ReadonlyMap<ControlKey, unknown>}>) {
	return controlKeys.filter(key => samples.some(({controls}) => controls.has(key)));
}

/**
 * The weights that the model works with for one sample, which need not be those of its spec. As in
 * the original, they are a list with a place for each control of the process; the model then adds a
 * zero for each of its four controls that the sample lacks, as if the list held the sample's own.
 * So a control can lose its weight where the samples of a process use different ones.
 */
export function applyWeights(processKeys: readonly ControlKey[], own: Weights): Weights {
	// A process with one control loads the model of that control alone.
	const modelKeys = processKeys.length === 1 ? processKeys : controlKeys;
	const list = processKeys.map(key => own.get(key) ?? 0);
	for (const [place, key] of modelKeys.entries()) {
		if (!own.has(key)) {
			list.splice(place, list.length === modelKeys.length ? 1 : 0, 0);
		}
	}

	return new Map(
		modelKeys.flatMap((key, place) => {
			const weight = list[place] ?? 0;
			return own.has(key) && weight > 0 ? [[key, weight] as const] : [];
		}),
	);
}
