import type {Works} from './what-works.js';

/** Where a key counts. Of several that are open at once the innermost is asked first. */
export type Context =
	| 'always'
	| 'home'
	| 'lists'
	| 'detail'
	| 'filter'
	| 'find'
	| 'launch-form'
	| 'form-text'
	| 'plan'
	| 'prompt-form'
	| 'text'
	| 'pages'
	| 'queue'
	| 'host'
	| 'stats'
	| 'batching'
	| 'rate'
	| 'record'
	| 'delete'
	| 'edited'
	| 'palette'
	| 'confirm'
	| 'quit';

/** Command, its keys, label in the footer, help; and whether it can do something now. */
type Row<Command extends string> = readonly [
	command: Command,
	/** As `strokesOf` names them, with blanks between. */
	keys: string,
	/** Empty: in the help only. `← →:change` shows other keys than the first. */
	label: string,
	help: string,
	works?: Works,
];

/** The rows of one context. */
export const keysOf = <const Command extends string>(
	context: Context,
	rows: ReadonlyArray<Row<Command>>,
) =>
	rows.map(([command, keys, label, help, works = () => true]) => ({
		context,
		command,
		keys: keys.split(' '),
		label,
		help,
		works,
	}));
