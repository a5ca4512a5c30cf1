import {expect, it} from 'vitest';
import {endpointFailures} from '../../../source/domain/failures/endpoint-failures.js';
import {failureCauses} from '../../../source/domain/failures/failure-causes.js';

const run = {isTransfer: true, savesMemory: 'the offload flags of the model'};

/** A cell of a table; the quoted line of a log and what a pattern finds stand as words. */
const cell = (text: string) =>
	text
		.replace(/: \$&$/, ', with the line of the log')
		.replaceAll(/(?:\$\d)+/g, 'NAME')
		.replaceAll('|', '\\|');

it('docs/failures.md is made from the table of causes: `vitest run test/domain/failures/docs.test.ts -u`', async () => {
	const rows = failureCauses.map(({name, reason = 'program-error', message, hint}) => {
		const [what = '', remedy = ''] = [message, hint].map(text =>
			typeof text === 'string' ? text : text(run),
		);
		return `| ${name} | \`${reason}\` | ${cell(what)} | ${cell(remedy)} |`;
	});
	const known = {
		place: 'ENDPOINT',
		model: 'MODEL',
		keyEnv: 'the variable of key_env',
		detail: 'WORDS',
	};
	const asked = Object.values(endpointFailures).map(
		({reason, when, message, hint}) =>
			`| ${when} | \`${reason}\` | ${message(known)} | ${hint(known)} |`,
	);
	const text = `# Why a run failed

A run that failed has a reason, which \`cosmos list runs\` shows, a message and a hint. They come from how the job
ended and from the end of its log: up to 1 MiB, back to the last sign of work. The last error counts that can end
a job. What only follows from it counts where no such error is there: the other processes that waited (NCCL), or
torchrun's \`ChildFailedError\`. Lines that say that the job goes on (retrying, falling back, warnings) do not count.

## By the log

| cause | reason | message | what to do |
|---|---|---|---|
${rows.join('\n')}

## By the chat endpoint

What a request of \`[enhancer]\` ends with; WORDS are those of the endpoint, the network or the check of the answer.

| when | reason | message | what to do |
|---|---|---|---|
${asked.join('\n')}

## By how the job ended

| end | reason | what it means |
|---|---|---|
| time limit | \`timed-out\` | The host ended it after \`--time-limit\` seconds. A job that said why it failed, and then hung until then, has that reason. |
| 137, and the kernel says out of memory | \`host-out-of-memory\` | The container needs more RAM. |
| 137 or 143 | \`killed\` | Somebody, or the host itself, killed or stopped it. |
| 134, 135, 139 | \`program-error\` | It aborted, had a bus error, or crashed. |
| 125 to 128 of the engine | \`engine\` | The container did not start. |
| 0, but a result is missing | \`no-output\` | The safety filter may have blocked it; else see the end of the log. |
| the container is gone | \`container-lost\` | Somebody removed it before its result was read. |
`;
	await expect(text).toMatchFileSnapshot('../../../docs/failures.md');
});
