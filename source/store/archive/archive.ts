import {outputNameProblem} from '../../domain/runs/output-name.js';

/** The names in an archive. The first entry says what it is, the last one that it is complete. */
export const manifestName = 'cosmos-export.json';
export const endName = 'cosmos-export.end';

/** The version of the archive's own layout. */
export const archiveFormat = 1;

const id = '[0-9a-hjkmnp-tv-z]{12}';
const places = {
	prompt: new RegExp(`^prompts/(ps_${id})\\.json$`),
	run: new RegExp(`^runs/(run_${id})/run\\.json$`),
	file: new RegExp(`^runs/(run_${id})/files/(.+)$`, 's'),
};

export const archivePlaces = {
	prompt: (promptId: string) => `prompts/${promptId}.json`,
	run: (runId: string) => `runs/${runId}/run.json`,
	file: (runId: string, name: string) => `runs/${runId}/files/${name}`,
};

export type ArchivePlace =
	| {kind: 'prompt' | 'run'; id: string}
	/** `name` is relative to the run's folder and stays in it. */
	| {kind: 'file'; id: string; name: string};

/** The meaning of a name in an archive; undefined for an unexpected one. */
export function placeOf(name: string): ArchivePlace | undefined {
	for (const kind of ['prompt', 'run'] as const) {
		const [, found] = places[kind].exec(name) ?? [];
		if (found !== undefined) {
			return {kind, id: found};
		}
	}

	const [, found, file = ''] = places.file.exec(name) ?? [];
	return found !== undefined && isUsable(file) ? {kind: 'file', id: found, name: file} : undefined;
}

/** A run's own files are held to the rule of its outputs. */
function isUsable(name: string): boolean {
	return !outputNameProblem(name.replace(/^outputs\//, ''), process.platform === 'win32');
}
