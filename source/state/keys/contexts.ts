import type {Context} from '../dashboard-state.js';

/** The contexts that several screens add keys to; a screen's own are beside its keys. */
export const home: Context = {name: 'home', title: 'Home', order: 0};
export const lists: Context = {
	name: 'lists',
	title: 'Lists',
	order: 1,
	rank: 1,
	isActive: ({focus}) => focus !== 'detail',
	apart: ['detail'],
};
export const detail: Context = {
	name: 'detail',
	title: 'Detail',
	order: 3,
	rank: 1,
	isActive: ({focus}) => focus === 'detail',
	apart: ['lists'],
};
export const text: Context = {name: 'text', title: 'Text fields', order: 60, rank: 3};
export const pages: Context = {name: 'pages', title: 'Help and other pages', order: 80, rank: 3};
export const always: Context = {
	name: 'always',
	title: 'Everywhere',
	order: 100,
	rank: 4,
	fixed: true,
};
