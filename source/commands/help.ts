import {flagName} from '../domain/settings/settings.js';
import {commonFlags, type Flag, type Verb} from './verb.js';

/** `cosmos --help`: the verbs. */
export function overview(verbs: readonly Verb[], version: string): string {
	const width = Math.max(...verbs.map(verb => verb.name.length));
	return `cosmos ${version}: NVIDIA Cosmos video jobs on remote GPU hosts

Usage
  cosmos             the dashboard
  cosmos VERB …      one job; \`cosmos VERB --help\` explains it with examples

Verbs
${verbs.map(verb => `  ${verb.name.padEnd(width)}  ${verb.summary}`).join('\n')}

Flags of every verb, before it or after it
${flagLines(commonFlags)}

Exit codes
  0 done   1 the run failed   2 wrong usage   3 configuration   4 connection
  5 the host cannot run jobs   6 this machine   70 internal   130 cancelled
`;
}

/** `cosmos VERB --help`. */
export function verbHelp(verb: Verb): string {
	const details = verb.details ? `\n${verb.details.trim()}\n` : '';
	const flags = [...verb.flags, ...commonFlags];
	return `${verb.summary}
${details}
Usage
  cosmos ${[verb.name, verb.usage].filter(Boolean).join(' ')}

${partLines(verb)}Flags
${flagLines(flags)}
${codeLines(verb)}
Examples
${verb.examples.map(([call, effect]) => `  ${call}\n      ${effect}`).join('\n')}
`;
}

/** The exit codes that mean something of their own for a verb. */
function codeLines({exitCodes = []}: Verb): string {
	const lines = exitCodes.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}\n`);
	return lines.length === 0 ? '' : `\nExit codes\n${lines.join('')}`;
}

function partLines({name, parts = []}: Verb): string {
	const words = parts.map(part => part.name.slice(name.length + 1));
	const width = Math.max(0, ...words.map(word => word.length));
	const lines = parts.map((part, index) => `  ${words[index]?.padEnd(width)}  ${part.summary}\n`);
	return parts.length === 0
		? ''
		: `Subcommands; \`cosmos ${name} VERB --help\` explains each\n${lines.join('')}\n`;
}

/** A flag as help and manual show it: `-f, --follow`, `--host NAME`, `--[no-]test`. */
export function flagHead(flag: Flag): string {
	const name = flag.defaultsOn ? flagName(flag.key).replace('--', '--[no-]') : flagName(flag.key);
	return `${flag.shortFlag ? `-${flag.shortFlag}, ` : ''}${name}${flag.value ? ` ${flag.value}` : ''}`;
}

function flagLines(flags: readonly Flag[]): string {
	const heads = flags.map(flagHead);
	const width = Math.max(...heads.map(head => head.length));
	return flags
		.map(
			(flag, index) =>
				`  ${(heads[index] as string).padEnd(width)}  ${wrapText(flag.help, width + 4)}`,
		)
		.join('\n');
}

/** Columns that a help's lines stay within. */
const room = 100;

/** A text in lines that leave `indent` columns before the second and all further ones. */
function wrapText(text: string, indent: number): string {
	const lines = [''];
	for (const word of text.split(' ')) {
		const line = lines.at(-1) as string;
		if (line !== '' && indent + line.length + 1 + word.length > room) {
			lines.push(word);
		} else {
			lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
		}
	}

	return lines.join(`\n${' '.repeat(indent)}`);
}
