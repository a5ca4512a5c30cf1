import {formatDuration} from '../domain/text-format.js';
import {serverState} from '../workflow/hosts/shown-server.js';
import {chooseHost} from './choose/choose-host.js';
import {printList} from './print/print-list.js';
import {acceptKeyFlag, hostFlag, jsonFlag, switchFlag, textFlag, type Verb} from './verb.js';
import {verbOfParts} from './verb-of-parts.js';

const listServers: Verb = {
	name: 'server list',
	summary: 'list the model servers of a host',
	usage: '[flags]',
	details: `
Those of the configuration, and those of others that run there. An idle one says when it stops.`,
	endsWithReader: true,
	args: [0, 0],
	flags: [hostFlag, acceptKeyFlag, jsonFlag],
	examples: [['cosmos server list --host h100', 'which models are loaded there']],
	async run(context, words) {
		const workflow = await context.workflow();
		const servers = await workflow.listServers(await chooseHost(context, words));
		await printList(context, words, servers, {
			kind: 'server',
			head: ['SERVER', 'MODEL', 'STATE', 'SLOT', 'UP', 'MEMORY', 'BY'],
			row: server => [
				server.name,
				server.checkpoint,
				serverState(server),
				server.lane,
				server.upFor === undefined ? '-' : formatDuration(server.upFor),
				server.gpuMemory === undefined ? '-' : `${server.gpuMemory} MiB`,
				server.startedBy ?? '-',
			],
		});
	},
};

const startServer: Verb = {
	name: 'server start',
	summary: 'start a model server before its first job',
	usage: 'NAME [flags]',
	details: `
Waits for its GPUs as a job does, prints its log while the model is loaded, and ends when it takes jobs. It
stops by itself after its idle time, also when nothing is connected any more.`,
	args: [1, 1],
	flags: [hostFlag, acceptKeyFlag],
	examples: [['cosmos server start nano', 'load the model now']],
	async run(context, words) {
		const [name = ''] = words.args;
		const workflow = await context.workflow();
		const host = await chooseHost(context, words);
		const started = await workflow.startServer(host, name, {
			onOutput(chunk) {
				context.out(chunk);
			},
			onWait: holder => context.note(`waiting for ${holder}\n`),
		});
		context.note(started ? `Started server ${name} on ${host}\n` : `Server ${name} runs already\n`);
	},
};

const stopServer: Verb = {
	name: 'server stop',
	summary: 'stop a model server when its jobs have ended',
	usage: 'NAME [flags]',
	args: [1, 1],
	flags: [hostFlag, acceptKeyFlag],
	examples: [['cosmos server stop nano', 'free its GPUs']],
	async run(context, words) {
		const [name = ''] = words.args;
		const workflow = await context.workflow();
		const host = await chooseHost(context, words);
		const stopped = await workflow.stopServer(host, name);
		context.note(stopped ? `Stopped server ${name} on ${host}\n` : `Server ${name} does not run\n`);
	},
};

const serverLog: Verb = {
	name: 'server log',
	summary: 'print the log of a model server',
	usage: 'NAME [flags]',
	details: `
Of the one that runs, or of the last one.`,
	endsWithReader: true,
	args: [1, 1],
	flags: [
		switchFlag('follow', 'follow until the server ends', {shortFlag: 'f'}),
		textFlag('tail', 'N', 'only the last N lines'),
		hostFlag,
		acceptKeyFlag,
	],
	examples: [['cosmos server log nano --follow', 'while it loads its model']],
	async run(context, words) {
		const [name = ''] = words.args;
		const tail = words.whole('tail', 0);
		const workflow = await context.workflow();
		await workflow.serverLog(await chooseHost(context, words), name, {
			follow: words.on('follow'),
			...(tail !== undefined && {tail}),
			signal: context.signal,
			onOutput(chunk) {
				context.out(context.outIsTerminal ? chunk.toString('utf8') : chunk);
			},
		});
		return context.signal.aborted ? 130 : 0;
	},
};

export const server = verbOfParts({
	name: 'server',
	summary: 'list, start and stop the model servers of a host',
	details: `
A model server keeps its model loaded between jobs. It is started when the first job needs it and
stops when nobody has used it for a while; docs/servers.md has the configuration.`,
	parts: [listServers, startServer, stopServer, serverLog],
	examples: [['cosmos server list', 'see `cosmos server list --help`']],
});
