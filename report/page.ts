/** The program of a report's page. It runs from disk: no server, no network, no storage. */
import {cardHtml, escapeHtml} from '../source/workflow/report/card.js';
import type {Report, ReportFile, ReportRun, ReportValue} from '../source/workflow/report/report.js';
import {createPlayers, type Players} from './players.js';
import {createQueries} from './query.js';

const find = <T extends HTMLElement>(selector: string, within: ParentNode = document) => {
	const found = within.querySelector<T>(selector);
	if (!found) {
		throw new Error(`the page has no ${selector}`);
	}

	return found;
};

const report = JSON.parse(find('#report').textContent ?? '') as Report;
const parseQuery = createQueries(report.runs);
const byId = new Map(report.runs.map(run => [run.id, run]));
const gallery = find<HTMLUListElement>('#gallery');
const search = find<HTMLInputElement>('#search');
const order = find<HTMLSelectElement>('#order');
const count = find('#count');
const compareButton = find<HTMLButtonElement>('#compare');
const table = find('#table');
const across = find<HTMLSelectElement>('#across');
const down = find<HTMLSelectElement>('#down');
const dialog = find<HTMLDialogElement>('#viewer');
const body = find('#viewer-body');

/** Runs that are marked for a comparison, in the order in which they were. */
const marked = new Set<string>();
/** Cards that are made at once; the rest when they come near. */
const portion = 60;
let shown: readonly ReportRun[] = report.runs;
let made = gallery.children.length;

/** The values that runs can be sorted by. */
const orders: ReadonlyArray<readonly [string, (run: ReportRun) => number | string | undefined]> = [
	['newest', run => -Date.parse(run.createdAt)],
	['stars', run => -run.rating],
	['name', run => run.name],
	...keysOf(run => run.settings).map(key => [key, settingOf(key)] as const),
	...keysOf(run => run.measures).map(key => [key, measureOf(key)] as const),
];

function keysOf(list: (run: ReportRun) => readonly ReportValue[]): string[] {
	const all = new Set(report.runs.flatMap(run => list(run).map(({key}) => key)));
	return [...all].filter(key => new Set(report.runs.map(run => valueIn(list(run), key))).size > 1);
}

function valueIn(values: readonly ReportValue[], key: string) {
	return values.find(one => one.key === key)?.sort;
}

function settingOf(key: string) {
	return (run: ReportRun) => valueIn(run.settings, key);
}

function measureOf(key: string) {
	return (run: ReportRun) => valueIn(run.measures, key);
}

function compare(a: number | string | undefined, b: number | string | undefined): number {
	if (a === undefined || b === undefined) {
		return a === b ? 0 : a === undefined ? 1 : -1;
	}

	return typeof a === 'number' && typeof b === 'number'
		? a - b
		: String(a).localeCompare(String(b), undefined, {numeric: true});
}

/** Shows the runs that the search finds, in the chosen order. */
function refresh(): void {
	const [, value] = orders[order.selectedIndex] ?? orders[0] ?? [];
	const {finds, problem} = parseQuery(search.value);
	shown = report.runs.filter(finds).toSorted((one, other) => compare(value?.(one), value?.(other)));
	count.textContent =
		shown.length === report.runs.length
			? `${shown.length} runs`
			: `${shown.length} of ${report.runs.length} runs`;
	count.textContent = problem ?? count.textContent;
	gallery.innerHTML = '';
	made = 0;
	makeCards();
	drawGrid();
}

function makeCards(): void {
	const next = shown.slice(made, made + portion);
	gallery.insertAdjacentHTML(
		'beforeend',
		next.map(run => cardHtml(run, report.differing)).join(''),
	);
	made += next.length;
	for (const id of marked) {
		const card = gallery.querySelector(`[data-id="${CSS.escape(id)}"] .mark`);
		if (card instanceof HTMLInputElement) {
			card.checked = true;
		}
	}
}

function drawGrid(): void {
	const [x, y] = [across.value, down.value];
	table.hidden = x === '';
	gallery.hidden = x !== '';
	if (x === '') {
		return;
	}

	const columns = valuesOf(x);
	const rows = y === '' ? [''] : valuesOf(y);
	const cell = (column: string, row: string) =>
		shown
			.filter(run => textOf(run, x) === column && (y === '' || textOf(run, y) === row))
			.map(run =>
				cardHtml(
					run,
					report.differing.filter(key => key !== x && key !== y),
				),
			)
			.join('');
	const head = columns.map(text => `<th scope="col">${escapeHtml(`${x} ${text}`)}</th>`).join('');
	const lines = rows.map(row => {
		const cells = columns.map(column => `<td><ul>${cell(column, row)}</ul></td>`).join('');
		return `<tr><th scope="row">${escapeHtml(y === '' ? '' : `${y} ${row}`)}</th>${cells}</tr>`;
	});
	table.innerHTML = `<table><thead><tr><td></td>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

const textOf = (run: ReportRun, key: string) =>
	run.settings.find(one => one.key === key)?.text ?? '–';

function valuesOf(key: string): string[] {
	const values = new Map(shown.map(run => [textOf(run, key), settingOf(key)(run)]));
	return [...values].toSorted(([, a], [, b]) => compare(a, b)).map(([text]) => text);
}

/** A picture that can be looked at, and what it is called. */
type Shot = {label: string; file: ReportFile};
let players: Players | undefined;

const shotsOf = (run: ReportRun): Shot[] =>
	run.outputs.filter(({kind}) => kind !== 'other').map(file => ({label: run.name, file}));

function openRun(run: ReportRun): void {
	const shots = [
		...shotsOf(run).slice(0, 1),
		...run.inputs.filter(({kind}) => kind !== 'other').map(file => ({label: file.name, file})),
	];
	show(run.name, shots, [run]);
}

function openMarked(): void {
	const runs = [...marked].flatMap(id => byId.get(id) ?? []);
	show(
		`${runs.length} runs compared`,
		runs.flatMap(run => shotsOf(run).slice(0, 1)),
		runs,
	);
}

function show(title: string, shots: readonly Shot[], runs: readonly ReportRun[]): void {
	players?.close();
	const modes = shots.length > 1 ? ['side by side', 'wipe', 'difference'] : ['side by side'];
	const pair = (selected: number, name: string) =>
		`<select aria-label="${name}" class="${name}">${shots
			.map(({label, file}, at) => {
				const text = escapeHtml(`${label} · ${file.name}`);
				return `<option value="${at}"${at === selected ? ' selected' : ''}>${text}</option>`;
			})
			.join('')}</select>`;
	body.innerHTML = `
<header><h2>${escapeHtml(title)}</h2>
${shots.length > 1 ? `<span class="modes" role="group" aria-label="view">${modes.map((mode, at) => `<button type="button" data-mode="${mode}" aria-pressed="${at === 0}">${mode}</button>`).join('')}</span><span class="pair" hidden>${pair(0, 'first')} ${pair(1, 'second')}</span>` : ''}
<button type="button" class="close" aria-label="close">close</button></header>
<div class="stage" data-mode="side by side" tabindex="0">${shots.map(stageItem).join('')}</div>
<div class="wipe" hidden><label>border <input type="range" class="border" min="0" max="100" value="50"></label></div>
<div class="amplify" hidden><label>amplify <input type="range" class="factor" min="1" max="16" value="4"></label></div>
<div class="controls"><button type="button" class="play">play</button>
<button type="button" class="back" aria-label="one frame back">−1</button><button type="button" class="on" aria-label="one frame on">+1</button>
<input type="range" class="seek" min="0" max="1000" value="0" aria-label="place in the video"></div>
<div class="facts">${factsHtml(runs)}</div>`;
	if (!dialog.open) {
		dialog.showModal();
	}

	const videos = [...body.querySelectorAll<HTMLVideoElement>('.stage video')];
	const controls = find('.controls', body);
	controls.hidden = videos.length === 0;
	const seek = find<HTMLInputElement>('.seek', body);
	const play = find<HTMLButtonElement>('.play', body);
	const fps = Math.max(
		1,
		...runs.map(run => Number(valueIn(run.measures, 'fps') ?? valueIn(run.settings, 'fps') ?? 24)),
	);
	const own = createPlayers(videos, {
		fps,
		onTime(share, playing) {
			if (document.activeElement !== seek || playing) {
				seek.value = String(Math.round(share * 1000));
			}

			play.textContent = playing ? 'pause' : 'play';
		},
	});
	players = own;
	play.onclick = own.toggle;
	find('.back', body).onclick = () => own.step(-1);
	find('.on', body).onclick = () => own.step(1);
	seek.oninput = () => own.seek(Number(seek.value) / 1000);
	find('.close', body).onclick = () => dialog.close();
	const stage = find('.stage', body);
	const arrange = () => arrangeStage(stage);
	for (const button of body.querySelectorAll<HTMLButtonElement>('.modes button')) {
		button.onclick = () => {
			stage.dataset.mode = button.dataset.mode ?? '';
			for (const other of body.querySelectorAll('.modes button')) {
				other.setAttribute('aria-pressed', String(other === button));
			}

			arrange();
		};
	}

	for (const input of body.querySelectorAll<HTMLElement>('.pair select, .border, .factor')) {
		input.oninput = arrange;
	}

	arrange();
	find<HTMLElement>(videos.length > 0 ? '.play' : '.close', body).focus();
}

function stageItem({label, file}: Shot): string {
	const src = escapeHtml(file.src);
	const media =
		file.kind === 'video'
			? `<video class="shot" muted playsinline preload="auto" src="${src}"${file.poster ? ` poster="${escapeHtml(file.poster)}"` : ''}></video>`
			: `<img class="shot" alt="" src="${src}">`;
	return `<figure>${media}<figcaption>${escapeHtml(`${label} · ${file.name}`)}</figcaption></figure>`;
}

/** Lays the pictures beside or on each other. */
function arrangeStage(stage: HTMLElement): void {
	const mode = stage.dataset.mode;
	const figures = [...stage.querySelectorAll<HTMLElement>('figure')];
	const isPair = mode !== 'side by side';
	const pair = body.querySelector<HTMLElement>('.pair');
	if (pair) {
		pair.hidden = !isPair;
	}

	find('.wipe', body).hidden = mode !== 'wipe';
	find('.amplify', body).hidden = mode !== 'difference';
	const chosen = (name: string) =>
		Number(body.querySelector<HTMLSelectElement>(`.${name}`)?.value ?? -1);
	const [first, second] = [chosen('first'), chosen('second')];
	const border = find<HTMLInputElement>('.border', body).value;
	stage.style.filter =
		mode === 'difference' ? `brightness(${find<HTMLInputElement>('.factor', body).value})` : '';
	for (const [at, figure] of figures.entries()) {
		figure.hidden = isPair && at !== first && at !== second;
		figure.classList.toggle('below', isPair && at === first);
		figure.classList.toggle('above', isPair && at === second);
		figure.style.clipPath = mode === 'wipe' && at === second ? `inset(0 0 0 ${border}%)` : '';
		figure.style.mixBlendMode = mode === 'difference' && at === second ? 'difference' : '';
	}
}

/** What differs among runs, or all that is known of one. */
function factsHtml(runs: readonly ReportRun[]): string {
	const [only] = runs;
	const head =
		runs.length > 1
			? `<tr><td></td>${runs.map(run => `<th scope="col">${escapeHtml(run.name)}</th>`).join('')}</tr>`
			: '';
	const row = (label: string, cells: readonly string[]) =>
		new Set(cells).size === 1 && (runs.length > 1 || cells[0] === '')
			? ''
			: `<tr><th scope="row">${escapeHtml(label)}</th>${cells.map(text => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`;
	const values = (list: (run: ReportRun) => readonly ReportValue[]) =>
		[...new Set(runs.flatMap(run => list(run).map(({key}) => key)))]
			.map(key =>
				row(
					key,
					runs.map(run => list(run).find(one => one.key === key)?.text ?? '–'),
				),
			)
			.join('');
	const all = (label: string, text: (run: ReportRun) => string) => row(label, runs.map(text));
	const files = (list: readonly ReportFile[]) =>
		list
			.map(
				file =>
					`<li><a href="${escapeHtml(file.src)}">${escapeHtml(file.name)}</a> <code>${escapeHtml(file.sha256)}</code></li>`,
			)
			.join('');
	const lists =
		runs.length === 1 && only
			? `<h3>Files</h3><ul>${files(only.outputs)}${files(only.inputs)}</ul>`
			: '';
	return `<table>${head}${all('run', run => run.id)}${all('status', run => run.status)}${all('failure', run => run.failure)}${all('text', run => run.text)}${all('negative', run => run.negative)}${all('job', run => `${run.kind}, ${run.model}, ${run.host}${run.simulated ? ', simulated' : ''}`)}${all('source', run => run.parent ?? '')}${all('created', run => new Date(run.createdAt).toLocaleString())}${all('seconds', run => run.seconds?.toFixed(1) ?? '')}${all('stars', run => '★'.repeat(run.rating))}${all('pick', run => run.pick)}${all('tags', run => run.tags.join(' '))}${all('note', run => run.note)}${all('wrong', run => run.flags.join(', '))}${values(run => run.settings)}${values(run => run.measures)}</table>${lists}`;
}

function mark(id: string, on: boolean): void {
	if (on) {
		marked.add(id);
	} else {
		marked.delete(id);
	}

	compareButton.disabled = marked.size < 2;
	compareButton.textContent = marked.size < 2 ? 'compare' : `compare ${marked.size}`;
	for (const box of document.querySelectorAll<HTMLInputElement>(
		`[data-id="${CSS.escape(id)}"] .mark`,
	)) {
		box.checked = on;
	}
}

const cardOf = (target: EventTarget | null) =>
	target instanceof Element ? target.closest<HTMLElement>('.card') : null;

document.addEventListener('click', event => {
	const run = byId.get(cardOf(event.target)?.dataset.id ?? '');
	if (run && event.target instanceof Element && event.target.closest('.open')) {
		openRun(run);
	}
});
document.addEventListener('change', event => {
	const id = cardOf(event.target)?.dataset.id;
	if (id !== undefined && event.target instanceof HTMLInputElement) {
		mark(id, event.target.checked);
	}
});
document.addEventListener('keydown', event => {
	const typing = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
	if (event.ctrlKey || event.metaKey || event.altKey) {
		return;
	}

	if (dialog.open) {
		onViewerKey(event);
	} else if (!typing) {
		onGalleryKey(event);
	} else if (event.key === 'Escape') {
		search.blur();
	}
});

function onViewerKey(event: KeyboardEvent): void {
	const onRange =
		event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
	const onButton = event.target instanceof HTMLButtonElement;
	if (event.key === ' ' && !onButton) {
		event.preventDefault();
		players?.toggle();
	} else if (!onRange && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
		event.preventDefault();
		players?.step(event.key === 'ArrowLeft' ? -1 : 1);
	}
}

function onGalleryKey(event: KeyboardEvent): void {
	const cards = [...document.querySelectorAll<HTMLElement>('.card')];
	const here = cardOf(document.activeElement);
	const at = here ? cards.indexOf(here) : -1;
	const perRow = here ? cards.filter(card => card.offsetTop === here.offsetTop).length : 1;
	const moves: Readonly<Record<string, number>> = {
		ArrowLeft: -1,
		ArrowRight: 1,
		ArrowUp: -perRow,
		ArrowDown: perRow,
	};
	const move = moves[event.key];
	if (event.key === '/') {
		event.preventDefault();
		search.focus();
	} else if (event.key === 'c' && marked.size > 1) {
		openMarked();
	} else if (event.key === 'm' && here) {
		const id = here.dataset.id ?? '';
		mark(id, !marked.has(id));
	} else if (move !== undefined && cards.length > 0) {
		event.preventDefault();
		const next = at < 0 ? 0 : Math.max(0, Math.min(cards.length - 1, at + move));
		cards[next]?.querySelector<HTMLElement>('.open')?.focus();
	}
}

dialog.addEventListener('close', () => {
	if (dialog.open) {
		// The event comes late: another run has been opened meanwhile.
		return;
	}

	players?.close();
	players = undefined;
	body.innerHTML = '';
});
compareButton.onclick = openMarked;
search.oninput = refresh;
order.onchange = refresh;
across.onchange = drawGrid;
down.onchange = drawGrid;
order.innerHTML = orders.map(([name]) => `<option>${escapeHtml(name)}</option>`).join('');
const axes = report.differing.map(key => `<option>${escapeHtml(key)}</option>`).join('');
across.innerHTML = `<option value="">gallery</option>${axes}`;
down.innerHTML = `<option value="">–</option>${axes}`;
find('#axes').hidden = report.differing.length === 0;
new IntersectionObserver(
	([entry]) => {
		if (entry?.isIntersecting && made < shown.length) {
			makeCards();
		}
	},
	{rootMargin: '800px'},
).observe(find('#end'));
document.documentElement.dataset.ready = 'yes';
