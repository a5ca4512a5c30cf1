/**
 * What an update asks of the world, by kind: data, so that updates stay pure. Every screen adds its
 * own by declaration merging, and says in `work` how it is performed.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the screens add to it
export interface Effects {}

export type EffectKind = keyof Effects;
export type EffectOf<K extends EffectKind> = {kind: K} & Effects[K];
export type Effect = {[K in EffectKind]: EffectOf<K>}[EffectKind];
