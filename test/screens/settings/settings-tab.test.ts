import {expect, it} from 'vitest';
import {kindName, kinds, tableOfKind} from '../../../source/domain/settings/settings-tables.js';
import {settingLine} from '../../../source/screens/settings/settings-tab.js';
import {textOf} from '../../../source/state/content/line.js';

const transfer = tableOfKind({operation: 'transfer', model: 'cosmos3', mode: 'transfer'});

it('shows a value whole, with the default beside one that differs', () => {
	const row = transfer.find(({key}) => key === 'checkpoint');
	const value = 'Cosmos3-Super-Image2Video-4Step';
	expect(row && textOf(settingLine({row, value, changed: true}))).toBe(
		`checkpoint            ${value}  default Cosmos3-Nano`,
	);
});

it.each(kinds.map(kind => [kindName(kind), kind] as const))(
	'gives each setting of %s a label of its own',
	(_, kind) => {
		const labels = tableOfKind(kind).map(({label}) => label);
		expect(labels).toEqual([...new Set(labels)]);
	},
);
