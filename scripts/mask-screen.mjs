// What differs from call to call, replaced by something as wide.
const digits = text => text.replace(/\d/g, '0');

const phases = {
	upload: '   ━',
	wait: '    ━',
	compute: `     ${'━'.repeat(28)}`,
	load: `     ${'━'.repeat(4)}`,
	sampling: `${' '.repeat(9)}${'━'.repeat(24)}`,
	download: `${' '.repeat(33)}━`,
};

const changing = [
	// A page may lie over its beginning.
	[/\b\d{1,4}-\d\d-\d\d \d\d:\d\d\b/g, text => '2026-11-24 12:00'.slice(-text.length)],
	[/\b\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d/g, () => '2026-11-24_12:00:00'],
	[/\b\d\d:\d\d:\d\d\b/g, () => '12:00:00'],
	[/(?<=\bpid: )\d+\)( *)/g, text => '1234)'.padEnd(text.length).slice(0, text.length)],
	[/\b\d\d:\d\d\b/g, () => '12:00'],
	// A dialog lies over the hours.
	[/(?<=[╮│╯])\d\d(?= │)/g, () => '00'],
	[/\b\d:\d\d\b/g, digits],
	// A bar's times and rate come in several widths.
	[/\[[\d:]+<[^\]]*\]( *)/g, text => '[00:00<00:00]'.padEnd(text.length).slice(0, text.length)],
	// A run's phases are as long as the machine was slow.
	[
		/(?<=\b(upload|wait|compute|load|sampling|download) +\d:\d\d ) +━+ */g,
		(text, name) => phases[name].padEnd(text.length).slice(0, text.length),
	],
	[/[\d.]+(?= [KMGT]iB free)/g, digits],
	[/Node\.js \d+\.\d+\.\d+( *)/g, text => 'Node.js 24.0.0'.padEnd(text.length)],
	[/(?<=sha256 )[0-9a-f]{12}/g, () => '0123456789ab'],
	// Where the package lies is everybody's own affair.
	[/\S+(\/samples\/\S+)( *)/g, (text, end) => `…${end}`.padEnd(text.length)],
	[/[◰◱◲◳]/g, () => '◰'],
];

const days = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
const day = /\b[A-Z][a-z]{2}, [A-Z][a-z]{2} \d{1,2}\b( *)/g;

/** Today is Tuesday, the 24th of November; the days of a screen go back from there, row by row. */
function withDays(text) {
	let before = 0;
	return text.replace(day, found => {
		before++;
		const name = days[(2 + 7 * 7 - before) % 7];
		return `${name}, Nov ${24 - before}`.padEnd(found.length);
	});
}

/** Ids in the order in which they are first seen, counted from 1 for each kind. */
const ids = new Map();

function idFor(text) {
	const [kind] = text.split('_');
	const known = [...ids.keys()].filter(one => one.startsWith(`${kind}_`));
	if (!ids.has(text)) {
		ids.set(text, `${kind}_${String(known.length + 1).padStart(12, '0')}`);
	}

	return ids.get(text);
}

/** Ids count from 1 again. */
export const restartIds = () => ids.clear();

/** A screen in which only what the program decides is left. */
export function masked(screen) {
	let text = screen
		.replace(/\b(?:ps|run|job|ds)_[0-9a-hjkmnp-tv-z]{12}\b/g, idFor)
		// The contact sheet leaves the kind out.
		.replace(/(?<=[★☆>+ ] )\d[0-9a-hjkmnp-tv-z]{11}\b/g, id => idFor(`run_${id}`).slice(4));
	for (const [pattern, by] of changing) {
		text = text.replace(pattern, by);
	}

	return withDays(text);
}
