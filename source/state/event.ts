/**
 * Everything that can happen to the dashboard, by name. Times are milliseconds since 1970. Every
 * screen adds its own by declaration merging.
 */
export interface Events {
	/** One press of a key: its name in the key table, and what it would type. */
	key: {name: string; text: string; at: number};
	/** Text that was pasted. */
	typed: {text: string; at: number};
	/** A command of the key table by its name, as the palette runs it. */
	command: {command: string; at: number};
}

export type EventName = keyof Events;
export type EventOf<T extends EventName> = {type: T} & Events[T];
export type Event = {[T in EventName]: EventOf<T>}[EventName];
