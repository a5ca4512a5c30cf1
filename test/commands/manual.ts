import {flagHead} from '../../source/commands/help.js';
import {commonFlags, type Flag, type Verb} from '../../source/commands/verb.js';
import {errorCodes, exitCodes as exitCodeOf} from '../../source/domain/error-codes.js';

/** What the exit codes of every verb mean. */
const codes: ReadonlyArray<readonly [number, string]> = [
	[0, 'done; for runs: every output has been downloaded'],
	[1, 'the run failed, or nothing was found'],
	[2, 'wrong usage: an argument, an id, an input, a setting'],
	[3, 'configuration'],
	[4, 'connection: unreachable, unknown host key, login refused'],
	[5, 'the host cannot run jobs: engine, image, GPU, disk there'],
	[6, 'this machine: its disk, store or programs, or a Node that is too old'],
	[70, 'a bug in this program'],
	[130, 'cancelled'],
];

const variables: ReadonlyArray<readonly [string, string]> = [
	['COSMOS_DATA', 'folder of prompts, runs and results; `--data` overrides it'],
	['COSMOS_CONFIG', 'configuration file; `--config` overrides it'],
	['COSMOS_HOST', 'the default host'],
	['COSMOS_OPEN', 'the command of `cosmos open`'],
	['VISUAL, EDITOR', 'the editor of `cosmos edit`'],
	['NO_COLOR', 'turns colours off if it is set'],
	['SSH_AUTH_SOCK', "the SSH agent's socket"],
];

const words = `An id can be shortened to any unique prefix; \`latest\` is the newest one (of runs, not one that a queue only prepares behind another); a prompt's name stands for its id. Data goes to standard output,
everything else to standard error. A table fits the terminal; in a pipe its cells are not shortened, separated
by tabs, without a header. Progress is shown on a terminal only, and not with \`--quiet\`. Put an argument that
looks like a flag after \`--\`.`;

const json = `Each record has \`schema\`, for instance \`cosmos.run.1\`: the kind of record and the version of its format. Within a
version fields may be added, but none is removed, renamed or given another meaning. Lists are JSON
arrays of such records. Times are ISO 8601, sizes are in bytes, durations in seconds. A run also has \`shown\`:
its status, or \`interrupted\` if the process that worked on it has died.`;

const errorText = `With \`--json\` the last line of standard error is the error as JSON: \`schema\` (\`cosmos.error.1\`), \`code\`,
\`message\`, \`hint\`, \`exitCode\`. The library throws a \`CosmosError\` with the same. A code keeps its name and
meaning; the words of a message may change.`;

const every = (verbs: readonly Verb[]) => verbs.flatMap(verb => [verb, ...(verb.parts ?? [])]);

/** `docs/cli.md`. */
export function cliPage(verbs: readonly Verb[]): string {
	const list = every(verbs).map(
		({name, summary}) =>
			`| [\`${name}\`](#cosmos-${name.replaceAll(' ', '-')}) | ${cell(summary)} |`,
	);
	return `# The command line

Generated from the same definitions as \`--help\` and \`man cosmos\`.

${words}

| verb | what it does |
|---|---|
${list.join('\n')}

## Flags of every verb

They may stand before the verb too: \`cosmos --data DIR list runs\`.

${flagTable(commonFlags)}

## Exit codes

${codes.map(([code, meaning]) => `- ${code}: ${meaning}`).join('\n')}

## Error codes

${errorText}

| code | exit | what it means |
|---|---|---|
${errorCodes.map(({code, kind, meaning}) => `| \`${code}\` | ${exitCodeOf[kind]} | ${cell(meaning)} |`).join('\n')}

## Environment

${variables.map(([name, meaning]) => `- \`${name}\`: ${meaning}`).join('\n')}

## JSON

${json}

${every(verbs).map(verbPart).join('\n')}`;
}

function verbPart(verb: Verb): string {
	const {name, summary, usage, details, flags, examples, exitCodes = []} = verb;
	return [
		`## cosmos ${name}`,
		'',
		`${sentence(summary)}`,
		'',
		'```',
		`cosmos ${[name, usage].filter(Boolean).join(' ')}`,
		'```',
		'',
		...(details ? [textOf(details), ''] : []),
		...(flags.length > 0 ? [flagTable(flags), ''] : []),
		...(exitCodes.length > 0
			? [exitCodes.map(([code, meaning]) => `- exit code ${code}: ${meaning}`).join('\n'), '']
			: []),
		'```sh',
		...examples.flatMap(([call, effect]) => [...(effect ? [`# ${effect}`] : []), call]),
		'```',
		'',
	].join('\n');
}

/** Indented lines of a help are an example of a file. */
function textOf(details: string): string {
	return details
		.trim()
		.replaceAll(/(?:^ {2}.*\n?|^\n(?= {2}))+/gm, block => `\`\`\`\n${block.trimEnd()}\n\`\`\`\n`);
}

function flagTable(flags: readonly Flag[]): string {
	const rows = flags.map(flag => `| \`${flagHead(flag)}\` | ${cell(flag.help)} |`);
	return ['| flag | |', '|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|');
}

function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `man/cosmos.1`. */
export function manPage(verbs: readonly Verb[], version: string): string {
	return [
		`.TH COSMOS 1 "" "cosmos ${version}" "User Commands"`,
		'.SH NAME',
		roff('cosmos - NVIDIA Cosmos video jobs on GPU hosts, over SSH'),
		'.SH SYNOPSIS',
		'.B cosmos',
		'.br',
		'.B cosmos',
		'.I VERB',
		roff('[WORD…] [FLAG…]'),
		'.SH DESCRIPTION',
		roff('Without a verb: the dashboard.'),
		'.PP',
		roff(words),
		'.SH OPTIONS',
		roff('Flags of every verb, before it or after it:'),
		...commonFlags.map(manFlag),
		'.SH VERBS',
		...every(verbs).map(manVerb),
		'.SH EXIT STATUS',
		...codes.map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`),
		'.SH ERROR CODES',
		roff(errorText),
		...errorCodes.map(
			({code, kind, meaning}) => `.TP\n.B ${roff(code)} (${exitCodeOf[kind]})\n${roff(meaning)}`,
		),
		'.SH ENVIRONMENT',
		...variables.map(([name, meaning]) => `.TP\n.B ${roff(name)}\n${roff(meaning)}`),
		'.SH JSON',
		roff(json),
		'',
	].join('\n');
}

function manVerb({name, summary, usage, details, flags, examples}: Verb): string {
	return [
		`.SS ${roff(`cosmos ${[name, usage].filter(Boolean).join(' ')}`)}`,
		roff(sentence(summary)),
		...(details ? ['.PP', '.nf', roff(details.trim()), '.fi'] : []),
		...flags.map(manFlag),
		'.PP',
		'.nf',
		...examples.map(([call, effect]) => roff(effect ? `${call}    # ${effect}` : call)),
		'.fi',
	].join('\n');
}

function manFlag(flag: Flag): string {
	return `.TP\n.B ${roff(flagHead(flag))}\n${roff(flag.help)}`;
}

/** A line that begins with a dot or a quote would be a request; a bare dash is typeset as a hyphen. */
function roff(text: string): string {
	return text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replaceAll('`', '')
		.replaceAll(/^([.'])/gm, '\\&$1');
}
