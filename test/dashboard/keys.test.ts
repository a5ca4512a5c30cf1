import {expect, it} from 'vitest';
import {keyTable} from '../../source/dashboard/update.js';
import {footerKeys, keySections, keysLabel} from '../../source/state/keys/keymap.js';
import {apply, commanded, commandFor, filled, going, noon, start} from './examples.js';

it('gives no key two meanings in one context of one screen', () => {
	const seen = new Map<string, string>();
	for (const {screen, context, keys, command} of keyTable) {
		for (const key of keys) {
			const place = `${screen} ${context.name} ${key}`;
			expect(seen.get(place) ?? command, place).toBe(command);
			seen.set(place, command);
		}
	}
});

it('has one title for every context, and one help text for every command in it', () => {
	const titles = new Map<string, string>();
	const helps = new Map<string, string>();
	for (const {context, command, help} of keyTable) {
		expect(titles.get(context.name) ?? context.title, context.name).toBe(context.title);
		titles.set(context.name, context.title);
		const name = `${context.name}.${command}`;
		expect(helps.get(name) ?? help, name).toBe(help);
		helps.set(name, help);
	}
});

it('says why a key does nothing now', () => {
	const press = (state: ReturnType<typeof filled>, name: string) =>
		apply(state, {type: 'key', name, text: name, at: noon}).notices.at(-1)?.text;
	expect(press(filled(), 'b')).toMatch(/^a batch needs two or more prompts/);
	expect(press(filled(), 'u')).toMatch(/^select a completed transfer/);
	expect(press(filled({readOnly: true}), 'i')).toBe('this dashboard is read-only');
	expect(press(filled(), 'x')).toBeUndefined();
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
	const sections = keySections(keyTable).map(({context, keys}) => {
		const rows = keys.map(
			key => `| ${keysLabel(key).split(' ').map(code).join(' ')} | ${key.help} | ${key.command} |`,
		);
		return [
			`## ${context.title}`,
			'',
			'| keys | what they do | name |',
			'|---|---|---|',
			...rows,
			'',
		].join('\n');
	});
	const page = `# Keys of the dashboard\n\n${custom}\n\n${sections.join('\n')}`;
	await expect(page).toMatchFileSnapshot('../../docs/keys.md');
});

const custom = `Every screen defines its keys beside its code in \`source/screens/\`; this page is made from them.

To change the keys of a command, set them in the configuration by its name, separated by spaces. A name
such as \`home.stop\` means one section only. A key that two commands would have is refused. Keys that are
not characters are called space, enter, esc, tab, shift-tab, backspace, delete, up, down, left, right, pageup,
pagedown, home, end; with ctrl- or alt- before any of them.

Ctrl-Z stops the dashboard, as any program in a terminal, and \`fg\` brings it back. It cannot be set for a command.

\`\`\`toml
[keys]
stop = "ctrl-k"
launch = "i ctrl-l"
\`\`\`
`;

const code = (key: string) => `\`${key}\``;
