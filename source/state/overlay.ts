/**
 * What can lie over the home screen, by kind, with what each keeps while it is open. Every screen
 * adds its own by declaration merging, so this layer knows none of them.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the screens add to it
export interface Overlays {}

export type OverlayKind = keyof Overlays;
export type OverlayOf<K extends OverlayKind> = {kind: K} & Overlays[K];
/** What lies over the home screen and has the keys; at most one. */
export type Overlay = {[K in OverlayKind]: OverlayOf<K>}[OverlayKind];
