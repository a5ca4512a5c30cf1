import type {OwnCommand} from '../domain/own-command.js';
import type {ConfigFile} from './config-file.js';

type Source = {key: string; value: string; from: string};

/** The commands of the files; a later one overrides an earlier, each as a whole. */
export function ownCommandsIn(files: ReadonlyArray<{file: string; content: ConfigFile}>): {
	all: OwnCommand[];
	sources: Source[];
} {
	const found = new Map<string, {command: OwnCommand; sources: Source[]}>();
	for (const {file, content} of files) {
		for (const [name, entry] of Object.entries(content.commands ?? {})) {
			const sources = Object.entries(entry).map(([key, value]) => ({
				key: `commands.${name}.${key}`,
				value: JSON.stringify(value),
				from: file,
			}));
			found.set(name, {command: {name, ...entry}, sources});
		}
	}

	const both = [...found.values()];
	return {all: both.map(({command}) => command), sources: both.flatMap(({sources}) => sources)};
}
