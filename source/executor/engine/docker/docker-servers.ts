import * as z from 'zod';
import {CosmosError} from '../../../domain/errors.js';
import type {Host} from '../../../domain/hosts/host.js';
import {cleanText} from '../../../domain/runs/log-lines.js';
import {packageVersion} from '../../../package-root.js';
import {quoteWords} from '../../transport/quote-words.js';
import type {Transport} from '../../transport/transport.js';
import type {LiveServer, ServerEngine, ServerPlace} from '../engine.js';
import {environmentText} from '../environment-file.js';
import {envFile} from '../job-script.js';
import {checkName, runScript, startScript} from '../slot-script.js';
import {readStart} from '../start-protocol.js';
import {engineWords, explainRefusal} from './docker-refusal.js';
import {engineFunctions} from './docker-scripts.js';
import {serverContainer, serverFunctions, serverLabels} from './docker-server-scripts.js';
import {neverStarted, notStarted} from './docker-start-errors.js';
import {labels} from './docker-words.js';

/** What the guard in a server's container writes; times are the host's, in seconds since 1970. */
const stateSchema = z.object({
	state: z.enum(['loading', 'idle', 'busy', 'draining']),
	started: z.int(),
	idleSince: z.int(),
	idleStop: z.int(),
});

const stateFile = '/tmp/cosmos-server.json';

/** Model servers in containers of their own, which live on without a client. */
export function dockerServers(
	host: Host,
	transport: Transport,
	podman: () => boolean | undefined,
): ServerEngine {
	const engine = `engine() { ${quoteWords(host.docker)} "$@"; }`;

	async function list(): Promise<LiveServer[]> {
		const fields = [
			'.Status',
			...[
				labels.server,
				serverLabels.name,
				serverLabels.kind,
				serverLabels.checkpoint,
				labels.lane,
				labels.startedBy,
			].map(label => `.Label "${label}"`),
		];
		const format = ['.ID', ...fields].map(field => `{{${field}}}`).join('|');
		const script = `${engine}
date +%s
all=$(engine ps -a --no-trunc --filter label=${labels.server} --format '${format}') || exit 1
[ -z "$all" ] || printf '%s\\n' "$all" | while IFS='|' read -r id row; do
	case $row in
	Up*) echo "$(engine exec "$id" cat ${stateFile} 2>/dev/null </dev/null)|$row" ;;
	*) echo "|$row" ;;
	esac
done`;
		const {code, stdout, stderr} = await runScript(transport, script);
		if (code !== 0) {
			throw failedTo('list the servers', stderr);
		}

		const [now = '', ...rows] = stdout.split('\n');
		return rows.flatMap(row => readRow(row, Number(now)));
	}

	async function start(
		server: ServerPlace,
		job: Parameters<ServerEngine['start']>[1],
		options: Parameters<ServerEngine['start']>[2],
	): Promise<void> {
		const folder = `${job.workFolder}/${server.folder}`;
		await transport.makeFolder(folder);
		await transport.writeFile(`${folder}/${envFile}`, environmentText(job.env));
		const name = serverContainer(server.key);
		const place = {...job, runFolder: server.folder};
		const reader = readStart({
			onReady() {},
			onWait: holder => options.onWait?.(holder),
			onStart: () => options.onStart?.(),
			onOutput: options.onOutput,
		});
		const script = startScript(
			{
				runId: `server-${server.key}`,
				slot: server.lane,
				gpus: server.gpus,
				startedBy: job.startedBy,
			},
			`${engineFunctions(host, server, podman())}
${serverFunctions(server, place, host, await packageVersion())}
run_job() {
	start_server || return 125
	pipe=$token.$$.log
	mkfifo -m 600 "$pipe" || return 125
	${quoteWords([...host.docker, 'logs', '-f'])} ${name} >"$pipe" 2>&1 &
	logs=$!
	sed '/^cosmos: the server is ready$/q' <"$pipe"
	rm -f "$pipe"
	kill "$logs" 2>/dev/null
	server_up || return 1
}`,
		);
		try {
			const result = await runScript(transport, script, {onOutput: reader.push});
			if (!reader.started()) {
				throw neverStarted(host, result);
			}

			if (result.code === 125) {
				throw explainRefusal(result.stderr, host) ?? notStarted(host, result.stderr);
			}

			if (result.code !== 0) {
				throw new CosmosError('server-failed', `server ${server.name} ended before it was ready`, {
					hint: `\`cosmos server log ${server.name}\` shows why.`,
				});
			}
		} finally {
			await transport.remove(`${folder}/${envFile}`);
		}
	}

	async function stop(key: string): Promise<boolean> {
		const name = serverContainer(checkName(key));
		const {code, stdout, stderr} = await runScript(
			transport,
			`${engine}
[ "$(engine container inspect -f '{{.State.Running}}' ${name} 2>/dev/null)" = true ] || { echo none; exit 0; }
engine kill -s USR1 ${name} >/dev/null && engine wait ${name}`,
			// Its jobs may take long.
			{timeLimit: 24 * 3600 * 1000},
		);
		if (code !== 0) {
			throw failedTo('stop the server', stderr);
		}

		return stdout.trim() !== 'none';
	}

	async function log(
		key: string,
		{follow, tail, signal, onOutput}: Parameters<ServerEngine['log']>[1],
	): Promise<void> {
		const words = [
			...['logs', ...(follow ? ['--follow'] : [])],
			...(tail === undefined ? [] : ['--tail', String(tail)]),
			serverContainer(checkName(key)),
		];
		const {code, stderr} = await transport.exec(
			['sh', '-c', `exec ${quoteWords([...host.docker, ...words])} 2>&1`],
			{onOutput, signal},
		);
		if (code !== 0 && signal?.aborted !== true) {
			throw failedTo('read the log', stderr);
		}
	}

	function failedTo(what: string, stderr: string): CosmosError {
		return (
			explainRefusal(stderr, host) ??
			new CosmosError('engine-failed', `cannot ${what} on ${host.name}: ${engineWords(stderr)}`)
		);
	}

	return {list, start, stop, log};
}

function readRow(row: string, now: number): LiveServer[] {
	const at = row.indexOf('|');
	const fields = row
		.slice(at + 1)
		.split('|')
		.map(cleanText);
	const [status = '', key = '', name = '', kind = '', checkpoint = '', lane = '', startedBy = ''] =
		fields;
	if (key === '') {
		return [];
	}

	const common = {name, key, kind, checkpoint, lane, startedBy};
	const exitCode = /^Exited \((\d+)\)/.exec(status)?.[1];
	if (!status.startsWith('Up')) {
		return [{...common, state: 'ended', ...(exitCode && {exitCode: Number(exitCode)})}];
	}

	const facts = readState(row.slice(0, at));
	if (!facts) {
		return [{...common, state: 'loading'}];
	}

	const {state, started, idleSince, idleStop} = facts;
	return [
		{
			...common,
			state,
			upFor: Math.max(0, now - started),
			...(state === 'idle' && {stopsIn: Math.max(0, idleSince + idleStop - now)}),
		},
	];
}

function readState(text: string): z.infer<typeof stateSchema> | undefined {
	try {
		return stateSchema.parse(JSON.parse(text));
	} catch {
		// A server that has just been started has written none.
		return undefined;
	}
}
