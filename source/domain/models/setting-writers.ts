/** How each of some settings is given to a program. A setting without an entry does not compile. */
export type SettingWriters<S, K extends keyof S, T> = {
	[P in K]: (value: S[P], settings: S) => T;
};

/** The output of every setting with a writer, in the order of the writers. */
export function writeSettings<S, K extends keyof S, T>(
	writers: SettingWriters<S, K, T>,
	settings: S,
): T[] {
	return (Object.keys(writers) as K[]).map(key => writers[key](settings[key], settings));
}
