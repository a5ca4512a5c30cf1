// The screens of `npm run screens`: keys to send and what must then appear.
const enter = '\r';
/** Letters, because they cannot be torn apart on their way as an arrow's sequence can. */
const down = 'j';

/** All pictures are there: a name below them has dots while its picture is being made. */
const pictures = /▀ *│\n(?![^\n]* …)[^\n]*\n[^\n]*P shows/;

/** In a small window the detail takes the place of the lists. */
const detail =
	(...steps) =>
	({small}) => [...steps, ...(small ? [enter, /Log {3}|Prompt {3}|Job {3}/] : [])];
const only =
	(...steps) =>
	() =>
		steps;

export const allScreens = [
	// The pictures are made once: where the first screens wait for them, the later ones find them.
	{
		name: 'prompts',
		steps: ({small}) => [/> city-night-/, ...(small ? [] : [down, /> city-night {2}/, pictures])],
	},
	{
		name: 'prompt',
		steps: context => [
			...detail(down, /> city-night {2}/)(context),
			...(context.small ? [] : [pictures]),
		],
	},
	{
		name: 'prompt-alone',
		steps: ({small}) => [
			down,
			/> city-night {2}/,
			...(small ? [enter, /Prompt {3}/, 'G'] : []),
			pictures,
			'P',
			/shows the next/,
		],
	},
	{
		name: 'prompt-commands',
		steps: ({small}) => [down, ...(small ? [enter] : []), ']', ']', /dry-run/],
	},
	{name: 'runs', steps: only('2', down, /u upscale/)},
	{name: 'run-log', steps: context => [...detail('2', down, /u upscale/)(context), /20 lines/]},
	{
		name: 'run-settings',
		steps: ({small}) => [
			'2',
			down,
			...(small ? [enter] : []),
			']',
			small ? /depth +0\.5/ : /guidance/,
		],
	},
	{
		name: 'run-outputs',
		// On a small screen the files leave the names of the pictures no room.
		steps: ({small}) => [
			'2',
			down,
			...(small ? [enter] : []),
			']',
			']',
			/sha256/,
			small ? /▀ *│\n(?![^\n]* …)[^\n]*mp4/ : pictures,
		],
	},
	{
		name: 'run-lineage',
		steps: ({small}) => ['2', down, ...(small ? [enter] : []), ']', ']', ']', /enhanced by/],
	},
	{
		name: 'run-commands',
		steps: ({small}) => ['2', down, ...(small ? [enter] : []), ']', ']', ']', ']', /run it again/],
	},
	{
		name: 'failed-run',
		steps: ({small}) => ['2', down, down, ...(small ? [enter] : []), /→ /],
	},
	{name: 'log-search', steps: only('2', down, enter, '/', 'checkpoint', enter, /n next/)},
	{name: 'log-whole-screen', steps: only('2', down, 'z', /Saved/)},
	{name: 'marks', steps: only(' ', ' ', /2 marked/)},
	{name: 'filter', steps: only('/', 'city', /2 of 3/)},
	{name: 'launch', steps: only(down, 'i', /Infer: city-night[ ,]/)},
	{name: 'launch-wrong-value', steps: only(down, 'i', /Infer: city-night[ ,]/, '7', /✖/)},
	{
		name: 'launch-more',
		steps: only(
			down,
			'i',
			/Infer: city-night[ ,]/,
			'k',
			'k',
			'k',
			'k',
			enter,
			/cache threshold|chunk frames/,
		),
	},
	{
		name: 'launch-model',
		steps: only(down, 'i', /Infer: city-night[ ,]/, 'k', 'k', 'k', 'l', /Cosmos-Transfer/),
	},
	{name: 'plan', steps: only(down, 'i', /Infer: city-night[ ,]/, 'D', /spec\.json/)},
	{name: 'batch', steps: only(' ', ' ', 'b', /Batch/)},
	{name: 'enhance', steps: only(down, 'e', /Enhance: city-night[ ,]/)},
	{name: 'upscale', steps: only('2', down, 'u', /Upscale: city-night[ ,]/)},
	{name: 'recipe', config: 'lanes', steps: only(down, 'c', /Recipe: city-night[ ,]/)},
	{name: 'preset', steps: only(down, 'i', /Infer: city-night[ ,]/, 'P', /as a preset/)},
	{
		name: 'new-prompt',
		steps: only(
			'n',
			/New prompt/,
			'A street in the rain.',
			'\t',
			'/tmp/cosmos-screens/videos/city-night',
			/frames/,
		),
	},
	{name: 'queue', steps: only('3', /h hold/)},
	{name: 'queue-job', steps: detail('3', down, /h hold/)},
	{name: 'queue-lanes', config: 'lanes', steps: detail('3', /h hold/)},
	{name: 'batching', steps: only('3', 'b', /1 saved/)},
	{name: 'host', steps: only(down, 'H', /Host demo[\s\S]*cosmos jobs/)},
	{name: 'stats', steps: only(down, 'T', /today +\d/)},
	{name: 'rate', steps: only(down, '*', /city-night {2}[★☆]+ +1–5/)},
	{name: 'tags', steps: only(down, '#', /Tags: city-night[ ,]/)},
	{name: 'note', steps: only(down, 'a', /Note: city-night[ ,]/)},
	{name: 'rename', steps: only(down, 'N', /Rename: city-night[ ,]/)},
	{name: 'delete-refused', steps: only(down, 'd', /has 4 runs|press w/)},
	{name: 'delete', steps: only('2', down, 'd', /1 item/)},
	{name: 'columns', steps: only('2', 'o', /Columns of the runs/)},
	{name: 'contact-sheet', steps: only(down, 'V', /Contact sheet[\s\S]*▀[\s\S]*rated/)},
	{
		name: 'compare',
		steps: only('2', down, ' ', down, down, ' ', /2 marked/, '=', '4', /steps +\d+ +\d+/),
	},
	{name: 'palette', steps: only(down, ':', /Command/)},
	{name: 'palette-found', steps: only(down, ':', 'ta', /:ta /)},
	{name: 'help', steps: only('?', /Keys/)},
	{name: 'notices', steps: only('y', /Copied/, '!', /Notices/)},
	{name: 'first-start', data: 'first', steps: only(/Welcome to cosmos/)},
	{name: 'first-launch', data: 'first', steps: only(/Welcome to cosmos/, 'i', /2\/4/)},
	{
		name: 'running',
		going: true,
		steps: ({small}) => ['2', /1 running/, ...(small ? [enter] : []), /Sampling/],
	},
	{name: 'stop', going: true, steps: only('2', /1 running/, 's', /Stop/)},
];

/** No picture of a page is still being made. */
const complete = screen => screen.includes('▀') && !/│[^\n]*…/.test(screen);

/** The pictures of docs/choosing.md, of a dataset of six clips. */
export const picturedScreens = [
	{
		...{name: 'contact-sheet', data: 'choosing', columns: 100, rows: 26},
		steps: only('2', 'V', /dataset ds_/, complete),
	},
	{
		...{name: 'compare', data: 'choosing', columns: 100, rows: 32},
		steps: only(
			'2',
			' ',
			down,
			' ',
			/2 marked/,
			'=',
			'2',
			/ 1\/48 /,
			']',
			']',
			']',
			/ 16\/48 /,
			complete,
		),
	},
];
