import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type Flag, parseArguments} from './python/argparse.js';
import {ExitError, PythonError, repr} from './python/python-error.js';

/** Both spellings of torchrun's flags are flags to it. */
const flags: Flag[] = [
	{name: 'nnodes', kind: 'str', default: '1:1'},
	...bothSpellings('nproc_per_node', '1'),
	{name: 'rdzv_backend', kind: 'str'},
	{name: 'rdzv_endpoint', kind: 'str'},
	{name: 'rdzv_id', kind: 'str'},
	{name: 'rdzv_conf', kind: 'str'},
	{name: 'standalone'},
	...bothSpellings('max_restarts', '0', 'int'),
	...bothSpellings('monitor_interval', '0.1', 'float'),
	{name: 'role', kind: 'str'},
	...bothSpellings('log_dir'),
	...bothSpellings('node_rank', '0', 'int'),
	...bothSpellings('master_addr', '127.0.0.1'),
	...bothSpellings('master_port', '29500', 'int'),
	...bothSpellings('local_addr'),
	{name: 'module'},
];

function bothSpellings(name: string, value?: string, kind: Flag['kind'] = 'str'): Flag[] {
	const fallback = kind === 'str' || value === undefined ? value : Number(value);
	return [
		{name, kind, default: fallback},
		{name: name.replaceAll('_', '-'), kind},
	];
}

export type Launch = {
	/** Processes that it starts on this machine. */
	processes: number;
	script: string;
	/** Whether the script is named as a module. */
	module?: boolean;
	words: string[];
	/** The folder for what each process ends with. */
	logDir?: string;
};

/**
 * Reads a torchrun command line, without the word `torchrun`.
 * @throws ExitError (2) for a flag that torchrun does not know, PythonError for a value
 */
export function readTorchrun(words: readonly string[]): Launch {
	// The only short flag, and the only one without a value besides `--standalone`.
	const short = words.indexOf('-m');
	const {values, rest} = parseArguments(
		{program: 'torchrun', flags, rest: ['training_script', 'training_script_args']},
		short < 0 ? words : words.with(short, '--module'),
	);
	const nodes = String(values.nnodes);
	if (!/^(?:1:)?1$/.test(nodes)) {
		throw new ExitError(2, `simulator: it runs on one node, not --nnodes=${nodes}\n`);
	}

	const [script = '', ...after] = rest;
	return {
		processes: processCount(String(values['nproc-per-node'] ?? values.nproc_per_node)),
		script,
		module: Boolean(values.module),
		words: after,
		logDir: (values['log-dir'] ?? values.log_dir) as string | undefined,
	};
}

/**
 * Leaves what the processes ended with, as a program does that reports its exceptions to torchrun.
 * @param ends by the number of the process
 */
export function writeErrors(logDir: string, ends: ReadonlyMap<number, string>): void {
	for (const [rank, message] of ends) {
		const folder = path.join(logDir, 'none_x', 'attempt_0', String(rank));
		mkdirSync(folder, {recursive: true});
		const extraInfo = {
			py_callstack: 'NoneType: None\n',
			timestamp: String(Math.floor(Date.now() / 1000)),
		};
		writeFileSync(path.join(folder, 'error.json'), JSON.stringify({message: {message, extraInfo}}));
	}
}

function processCount(text: string): number {
	if (['gpu', 'cpu', 'auto'].includes(text)) {
		return 1;
	}

	if (!/^[1-9]\d{0,2}$/.test(text)) {
		throw new PythonError('ValueError', `Unsupported nproc_per_node value: ${repr(text)}`, []);
	}

	return Number(text);
}

/** What torchrun prints when its program has ended with a status that is not 0. */
export function childFailed(
	script: string,
	status: number,
	{rank, exitcode} = {rank: 0, exitcode: status},
	processes = 1,
): string {
	const {pid} = process;
	const time = new Date().toISOString();
	const wide = '='.repeat(60);
	const line = '-'.repeat(60);
	const when = time.slice(0, 19).replace('T', '_');
	const others = Array.from({length: processes}, (_, one) => one)
		.filter(one => one !== rank)
		.map(
			one =>
				`[${one}]:\n  time      : ${when}\n  host      : localhost\n  rank      : ${one} (local_rank: ${one})\n  exitcode  : -15 (pid: ${pid})  (SIGTERM)\n  error_file: <N/A>\n  traceback : Signal 15 (SIGTERM) received by PID ${pid}`,
		);
	return `E${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000 ${pid} torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: ${exitcode}) local_rank: ${rank} (pid: ${pid}) of binary: /usr/bin/python
Traceback (most recent call last):
  File "/usr/local/bin/torchrun", line 8, in <module>
    sys.exit(main())
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:${' '}
${wide}
${script} FAILED
${line}
Failures:
${others.length === 0 ? '  <NO_OTHER_FAILURES>' : others.join('\n')}
${line}
Root Cause (first observed failure):
[${rank}]:
  time      : ${when}
  host      : localhost
  rank      : ${rank} (local_rank: ${rank})
  exitcode  : ${exitcode} (pid: ${pid})
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
${wide}
`;
}
