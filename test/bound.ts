/**
 * Milliseconds after which a wait for something counts as one that hangs. Tests wait for content: the
 * bound only ends them, and is long enough for a machine that is ten times as slow.
 */
export const bound = 20 * 60_000;
