import {formatLocation, type Host, hostRecord, slotNames, slotsOf} from '../domain/hosts/host.js';
import {unnamedModel} from '../domain/models/families.js';
import {engines, findEngine} from '../executor/engine/engines.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {type CommandContext, jsonFlag, switchFlag, type Verb} from './verb.js';

export const hosts: Verb = {
	name: 'hosts',
	summary: 'list the hosts of the configuration',
	usage: '[flags]',
	details: `
* marks the default. A slot is a set of GPUs that runs one job at a time. No host is contacted unless
you give --check, which checks all of them at once; the exit code is then the worst of them.`,
	endsWithReader: true,
	args: [0, 0],
	flags: [switchFlag('check', 'check whether each host can run jobs now'), jsonFlag],
	examples: [
		['cosmos hosts', 'what is configured'],
		['cosmos hosts --check', 'and which of them are ready'],
	],
	async run(context, words) {
		const config = await context.config();
		const checked = words.on('check') ? await checkAll(context, config.hosts) : undefined;
		if (words.on('json')) {
			const records = config.hosts.map((host, index) => ({
				...hostRecord(host),
				lanes: slotsOf(host),
				isDefault: host.name === config.defaultHost,
				...checked?.[index],
			}));
			context.out(jsonText('host', records));
		} else {
			const labels = await Promise.all(config.hosts.map(engineLabel));
			const rows = config.hosts.map((host, index) => [
				host.name === config.defaultHost ? '*' : '',
				host.name,
				formatLocation(host),
				labels[index] as string,
				host.model ?? unnamedModel,
				slotNames(host).join(' '),
				host.groups?.join(' ') || '-',
				host.remoteDir,
				host.simulated ? 'simulated' : host.endpoint ? `model ${host.endpoint.model}` : host.image,
				...(checked ? [checked[index]?.problem?.message ?? 'ready'] : []),
			]);
			const head = ['', 'HOST', 'WHERE', 'ENGINE', 'MODEL', 'SLOTS', 'GROUPS', 'FOLDER', 'IMAGE'];
			await printTable(context, checked ? [...head, 'STATE'] : head, rows);
		}

		return Math.max(0, ...(checked ?? []).map(({problem}) => problem?.exitCode ?? 0));
	},
};

async function engineLabel(host: Host): Promise<string> {
	const {label} = await findEngine(engines, host.engine).config();
	return label?.(host) ?? host.engine;
}

async function checkAll(context: CommandContext, all: readonly Host[]) {
	const workflow = await context.workflow();
	return Promise.all(
		all.map(async ({name}) => {
			const {problem, engine, gpus, freeSpace, jobs} = await workflow.hostReport(name);
			return {ready: problem === undefined, problem, engineFacts: engine, gpus, freeSpace, jobs};
		}),
	);
}
