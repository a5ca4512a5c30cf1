import {mkdirSync, readFileSync, watch, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type Answer, openShell, type Shell} from './commands/in-process.js';

export type DatasetShell = Shell & {
	/** `cosmos` with the configuration below. */
	run: (...words: string[]) => Promise<Answer>;
	/** Writes a file into the folder of the shell; gives its path. */
	write: (name: string, text: string) => string;
	/** The output rows of a JSON lines file in it. */
	rows: (name: string) => Array<Record<string, unknown>>;
	/** The configuration's file. */
	config: string;
	/** How many jobs have begun, by the text of their prompts. */
	begun: () => string[];
	/** Resolves when so many have. */
	untilBegun: (count: number) => Promise<void>;
};

/**
 * A data folder and a configuration: this machine as a host with three slots, and the recipe `hash`, which writes
 * the hash of its spec and notes the text of its prompt in a file. A text with `fail N` exits with N; one with
 * `flaky` does so the first time only; one with `silent` writes nothing.
 */
export async function openDatasetShell(): Promise<DatasetShell> {
	const shell = await openShell();
	const {folder} = shell;
	const config = path.join(folder, 'config.toml');
	const begun = path.join(folder, 'begun');
	mkdirSync(path.join(folder, 'here'));
	const program = path.join(folder, 'job.sh');
	writeFileSync(
		program,
		`text=$(cat "$2"); echo "$text" >> ${begun}
case "$text" in
*fail*) exit "\${text##* }";;
*flaky*) if [ "$(grep -cxF "$text" ${begun})" = 1 ]; then echo "no luck"; exit 3; fi;;
*silent*) exit 0;;
esac
sha256sum < "$1" > "$3/hash.txt"
`,
	);
	writeFileSync(begun, '');
	writeFileSync(
		config,
		`default_host = "here"
[hosts.here]
ssh = "local"
engine = "process"
simulated = true
remote_dir = "${folder}/here"
gpus = [[0], [1], [2]]

[recipes.hash]
command = ["sh", "${program}", "{spec}", "{prompt}", "{outputs}"]
inputs = []
outputs = ["hash.txt"]

[recipes.color]
command = ["sh", "${program}", "{input.color}", "{prompt}", "{outputs}"]
outputs = ["hash.txt"]
`,
	);
	const readBegun = () => readFileSync(begun, 'utf8').split('\n').filter(Boolean);
	const answer = (words: readonly string[]) => shell.cosmos([...words, '--config', config]);
	return {
		...shell,
		config,
		run: (...words) => answer(words),
		write(name, text) {
			const file = path.join(folder, name);
			mkdirSync(path.dirname(file), {recursive: true});
			writeFileSync(file, text);
			return file;
		},
		rows: name =>
			readFileSync(path.join(folder, name), 'utf8')
				.trimEnd()
				.split('\n')
				.map(line => JSON.parse(line)),
		begun: readBegun,
		untilBegun: count =>
			new Promise(resolve => {
				const look = () => {
					if (readBegun().length >= count) {
						watcher.close();
						resolve();
					}
				};

				const watcher = watch(begun, look);
				look();
			}),
	};
}
