import {expect, it} from 'vitest';
import type {Field} from '../../../source/domain/filter/field.js';
import {jobFields, promptFields, runFields} from '../../../source/domain/filter/record-fields.js';

type AnyField = Pick<Field<never>, 'name' | 'aliases' | 'help' | 'type' | 'isSetting'>;

const code = (name: string) => `\`${name}\``;

function tableOf(fields: readonly AnyField[]): string {
	const rows = fields
		.filter(({isSetting}) => !isSetting)
		.map(({name, aliases = [], type, help}) => {
			const names = [name, ...aliases].map(code).join(' ');
			return `| ${names} | ${type} | ${help.replaceAll('|', '\\|')} |`;
		});
	return ['| field | kind | what it is |', '|---|---|---|', ...rows].join('\n');
}

it('docs/filter.md is made from the tables of fields: `vitest run test/domain/filter/docs.test.ts -u`', async () => {
	const settings = runFields()
		.filter(({isSetting}) => isSetting)
		.map(({name}) => code(name));
	const page = `# Filters

One grammar finds prompts, runs and jobs everywhere: after \`/\` in a list of the dashboard, in \`cosmos search\`, in
\`cosmos list runs --where\` and \`cosmos list prompts --where\`, and in the library (\`listRuns({where})\`).

\`\`\`sh
cosmos list runs --where 'failed host:h100 created>=yesterday'
cosmos list runs --where 'seed:13 steps<30 stars>=3' --json
cosmos search neon '!snow' tag:hero
\`\`\`

## Words

A word finds what has it in its texts, name, tags, note, id, host, status or failure; case does not count. All words have
to be there. What a list shows can be typed as it is shown: \`done\`, \`guardrail\`, \`#night\`, \`★★★\` (three stars or more),
\`12:40\`, \`Nov 24\`.

| | |
|---|---|
| \`neon rain\` | both words |
| \`"neon rain"\` | exactly this text; \`\\"\` is a quote in it |
| \`!rain\` | not this word; \`!\` goes before anything else here too |
| \`neon OR rain\` | one of them, or both; \`OR\` in capitals |
| \`(neon OR rain) !snow\` | parentheses group |
| \`today\` \`yesterday\` \`2026-11-24\` \`Nov 24\` | created on that day |
| \`>2h\` \`<12:40\` | runs that took longer, or less |
| \`>yesterday\` \`<=2026-11-24\` | created after, or until |

## Fields

A field is followed by an operator and a value, without blanks: \`host:h100\`. A list of values finds each:
\`status:failed,cancelled\`. Words with blanks go in quotes: \`name:"city night"\`.

| kind | operators | values |
|---|---|---|
| text | \`:\` has it, \`=\` is exactly it, \`!=\` is not | a word or a quoted text |
| choice | \`:\` and \`=\`, \`!=\` | one of its words; with \`:\` a beginning is enough |
| number | \`:\` \`=\` \`!=\` \`<\` \`<=\` \`>\` \`>=\` | \`30\`, \`0.5\`, \`20..30\` |
| duration | the same | \`90s\`, \`1.5h\`, \`1h30m\`, \`2d\`, \`1w\`, \`12:40\`, \`1:02:03\`, \`1h..2h\` |
| time | the same; \`>\` is later | \`today\`, \`yesterday\`, \`2026-11-24\`, \`2026-11\`, \`2026-11-24T12:04\`, \`Nov 24\`, \`Nov'26\`, \`2026-11-01..2026-11-24\` |

Times are those of this machine's zone. A thing without a value, such as a run without the setting, is found by \`!=\` and
\`!\` only.

A filter that is wrong is refused with the place and what would be right. In the dashboard \`tab\` completes fields and
values, and the rows follow as soon as what is typed is a filter; the shells complete \`--where\` and \`search\`
([cli.md](cli.md#cosmos-completion)).

### Runs

${tableOf(runFields())}

And every setting by the name of its flag: ${settings.join(', ')}, and those of your own recipes.

### Prompts

${tableOf(promptFields)}

### Jobs of the queue

${tableOf(jobFields())}

And the settings, as for runs.
`;
	await expect(page).toMatchFileSnapshot('../../../docs/filter.md');
});
