import {expect, it} from 'vitest';
import {bindings} from '../../../source/state/keys/bindings.js';
import {
	commandFor,
	contextTitles,
	footerKeys,
	keyHelp,
} from '../../../source/state/keys/key-lookup.js';
import {commanded, filled, going, start} from '../examples.js';

it('gives no key two meanings in one context', () => {
	const seen = new Map<string, string>();
	for (const {context, keys, command} of bindings) {
		for (const key of keys) {
			const place = `${context} ${key}`;
			expect(seen.get(place) ?? command, place).toBe(command);
			seen.set(place, command);
		}
	}
});

it('has a title for every context, and a key in it', () => {
	const titled = contextTitles.map(([context]) => context);
	expect([...new Set(bindings.map(({context}) => context))].sort()).toEqual(titled.toSorted());
});

it('asks the innermost context first', () => {
	expect(commandFor(filled(), 'esc')).toBeUndefined();
	expect(commandFor(commanded(filled(), 'to-detail'), 'esc')).toBe('back');
	expect(commandFor(commanded(filled(), 'help'), 'esc')).toBe('page-close');
});

it('keeps letters for typing while a text has the keys', () => {
	expect(commandFor(commanded(filled(), 'filter'), 'q')).toBeUndefined();
	expect(commandFor(commanded(filled(), 'new-prompt'), 'j')).toBeUndefined();
});

it('names in the footer only what works now', () => {
	const labels = (state: Parameters<typeof footerKeys>[0]) =>
		footerKeys(state).map(({label}) => label);
	expect(labels(start())).not.toContain('infer');
	expect(labels(filled())).toContain('infer');
	expect(labels(commanded(filled(), 'to-runs'))).not.toContain('stop');
	const live = commanded(filled({runs: [going(1)]}), 'to-runs');
	expect(labels({...live, runs: [going(1)]})).toContain('stop');
});

it('is what docs/keys.md says (vitest -u writes it anew)', async () => {
	const sections = contextTitles.map(([context, title]) => {
		const rows = keyHelp(context).map(
			({keys, binding}) =>
				`| ${keys.split(' ').map(code).join(' ')} | ${binding.help} | ${binding.command} |`,
		);
		return [`## ${title}`, '', '| keys | what they do | name |', '|---|---|---|', ...rows, ''].join(
			'\n',
		);
	});
	const page = `# Keys of the dashboard\n\nMade from the table in \`source/state/keys/bindings.ts\`.\n\n${custom}\n\n${sections.join('\n')}`;
	await expect(page).toMatchFileSnapshot('../../../docs/keys.md');
});

const custom = `The configuration gives a command other keys by its name, with blanks between them; \`home.stop\` is the
one of a section. A key that two commands would have is refused. Keys that are no character are
called space, enter, esc, tab, shift-tab, backspace, delete, up, down, left, right, pageup,
pagedown, home, end; with ctrl- or alt- before any of them.

\`\`\`toml
[keys]
stop = "ctrl-k"
launch = "i ctrl-l"
\`\`\`
`;

const code = (key: string) => `\`${key}\``;
