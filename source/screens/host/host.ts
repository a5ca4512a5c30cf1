import {pageView, title} from '../../components/page.js';
import {hintOf, messageOf} from '../../domain/errors.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import type {Context, DashboardState, Step} from '../../state/dashboard-state.js';
import {home} from '../../state/keys/contexts.js';
import {close, homeKeys, overlayKeys, show} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {type Page, pageKeys} from '../../state/page.js';
import type {World} from '../../state/world.js';
import type {HostReport} from '../../workflow/workflow-types.js';
import type {Feature} from '../feature.js';
import {hostLines} from './host-lines.js';
import {neighbourHost, withAnswer, withLate} from './host-look.js';
import {createHostRetry} from './host-retry.js';
import {createHostWatch} from './host-watch.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** `host`: its name in the configuration. It is asked while this is open. */
		host: {host: string; scroll: number};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'host-asked': {name: string};
		'host-answered': {report: HostReport; at: number};
		/** An answer to the host page. */
		'host-looked': {report: HostReport; at: number};
		/** A question of the host page has been open for long. */
		'host-late': {name: string; since: number};
		'host-failed': {name: string; message: string; hint: string; at: number};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		/** `quietly`: the old answer stays until the new one comes. */
		'ask-host': {host: string; quietly?: boolean};
		/** Asks the host of the open page for everything, at once. */
		'look-again': unknown;
		'accept-host-key': {host: string; fingerprint: string};
	}
}

const context: Context = {name: 'host', title: 'Host'};
const page: Page<'host'> = {
	kind: 'host',
	title({hosts}, {host}) {
		const place = hosts.findIndex(({name}) => name === host) + 1;
		return title(
			`Host ${cleanText(host)}${hosts.length > 1 ? `  ${place} of ${hosts.length}` : ''}`,
		);
	},
	lines: (state, {host}, width) => hostLines(state, host, width),
	least: 16,
};

const beside = (by: 1 | -1) => (state: DashboardState, overlay: OverlayOf<'host'>) =>
	show(state, {...overlay, host: neighbourHost(state, overlay.host, by), scroll: 0});
const askDefault = (state: DashboardState): Step => [
	state,
	{kind: 'ask-host', host: state.defaultHost},
];
const open = (state: DashboardState) =>
	show(state, {kind: 'host', host: state.host.name, scroll: 0});
const lookAgain = (state: DashboardState): Step => [state, {kind: 'look-again'}];
const acceptHelp = 'accept the unknown key of the host; asks first';
const lookHelp = 'check everything now, engine and image too';
const onlyOne = ({hosts}: DashboardState) =>
	hosts.length > 1 ? undefined : 'there is no other host';

const newKey = ({looks}: DashboardState, {host}: OverlayOf<'host'>) =>
	looks[host]?.trouble?.fingerprint;
const noNewKey = (state: DashboardState, overlay: OverlayOf<'host'>) =>
	newKey(state, overlay) ? undefined : '';

function askKey(state: DashboardState, overlay: OverlayOf<'host'>): Step {
	const fingerprint = newKey(state, overlay) ?? '';
	const {host} = overlay;
	return show(state, {
		kind: 'confirm',
		title: `Accept the key of ${cleanText(host)}?`,
		lines: [
			fingerprint,
			'',
			'Compare it with the fingerprint that the administrator of the host gives you, or that',
			'`ssh-keygen -lf` shows there. A host with another key could read what you send.',
		],
		yes: 'accept and save it',
		no: 'not now',
		effect: {kind: 'accept-host-key', host, fingerprint},
		under: overlay,
	});
}

/** A host: how it is reached, what it has, who is using it. */
export const host = {
	keys: homeKeys(home, [
		['ask-host', 'R', '', 'check the host again', askDefault, {verb: 'status'}],
		['host', 'H', '', 'the host: engine, GPUs, disk, who is using it', open],
	]),
	overlays: {
		host: {
			keys: [
				...overlayKeys('host', context, [
					['page-close', 'H', '', 'close', close],
					['host-next', '] right l tab', '[ ]:host', 'next host', beside(1), {disabled: onlyOne}],
					[
						'host-previous',
						'[ left h shift-tab',
						'',
						'previous host',
						beside(-1),
						{disabled: onlyOne},
					],
					[
						'accept-key',
						'A',
						'accept key',
						acceptHelp,
						askKey,
						{disabled: noNewKey, changes: true},
					],
					['look-again', 'R', 'check again', lookHelp, lookAgain],
				]),
				...pageKeys(page),
			],
			view: pageView(page),
		},
	},
	on: {
		'host-asked': (state, {name}) => [{...state, host: {state: 'asking', name}}],
		'host-answered': withAnswer,
		'host-looked': withAnswer,
		'host-late': withLate,
		'host-failed': (state, {name, message, hint, at}) => [
			{...state, host: {state: 'failed', name, message, hint, at}},
		],
	},
	work(world) {
		const {workflow, dispatch} = world;
		const watch = createHostWatch(workflow, dispatch);
		const ask = (effect: {host: string; quietly?: boolean}) => askHost(world, effect);
		const retry = createHostRetry(name => void ask({host: name, quietly: true}));
		return {
			perform: {
				'ask-host': ask,
				'look-again': watch.askAgain,
				async 'accept-host-key'({host: name, fingerprint}) {
					await workflow.acceptHostKey(name, fingerprint).catch(world.failed);
					dispatch({type: 'host-looked', report: await workflow.hostReport(name), at: Date.now()});
				},
			},
			start: () => void ask({host: workflow.defaultHost}),
			follow(state) {
				watch.follow(state);
				retry.follow(state);
			},
			close() {
				watch.close();
				retry.close();
			},
		};
	},
} satisfies Feature;

async function askHost(
	{workflow, dispatch}: World,
	{host: name, quietly}: {host: string; quietly?: boolean},
): Promise<void> {
	if (!quietly) {
		dispatch({type: 'host-asked', name});
	}

	try {
		const report = await workflow.hostReport(name);
		dispatch({type: 'host-answered', report, at: Date.now()});
	} catch (error) {
		const [message, hint] = [messageOf(error), hintOf(error)];
		dispatch({type: 'host-failed', name, message, hint, at: Date.now()});
	}
}
