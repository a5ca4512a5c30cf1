import {clean} from './clean.js';
import {compare} from './compare.js';
import {completion} from './completion.js';
import {config} from './config.js';
import {create} from './create.js';
import {dataset} from './dataset.js';
import {deleteVerb} from './delete.js';
import {demo} from './demo.js';
import {diff} from './diff.js';
import {doctor} from './doctor.js';
import {edit} from './edit.js';
import {events} from './events.js';
import {exportVerb} from './export.js';
import {failures} from './failures.js';
import {fetch} from './fetch.js';
import {hosts} from './hosts.js';
import {importVerb} from './import.js';
import {inference} from './inference.js';
import {init} from './init.js';
import {kill} from './kill.js';
import {killAll} from './kill-all.js';
import {list} from './list.js';
import {logs} from './logs.js';
import {measure} from './measure.js';
import {note} from './note.js';
import {open} from './open.js';
import {pick} from './pick.js';
import {prepare} from './prepare.js';
import {presets} from './presets.js';
import {promptEnhance} from './prompt-enhance.js';
import {queue} from './queue.js';
import {rate} from './rate.js';
import {recipe} from './recipe.js';
import {recover} from './recover.js';
import {rename} from './rename.js';
import {report} from './report.js';
import {rerun} from './rerun.js';
import {restore} from './restore.js';
import {search} from './search.js';
import {server} from './server.js';
import {show} from './show.js';
import {stats} from './stats.js';
import {status} from './status.js';
import {tag} from './tag.js';
import {trust} from './trust.js';
import {ui} from './ui.js';
import {upscale} from './upscale.js';
import type {Verb} from './verb.js';
import {verify} from './verify.js';
import {wait} from './wait.js';

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [
	prepare,
	create,
	promptEnhance,
	inference,
	upscale,
	recipe,
	rerun,
	dataset,
	queue,
	presets,
	list,
	search,
	stats,
	failures,
	show,
	open,
	diff,
	compare,
	measure,
	report,
	logs,
	wait,
	events,
	hosts,
	status,
	server,
	doctor,
	kill,
	killAll,
	fetch,
	recover,
	rename,
	edit,
	rate,
	pick,
	tag,
	note,
	deleteVerb,
	restore,
	clean,
	verify,
	exportVerb,
	importVerb,
	init,
	config,
	trust,
	completion,
	demo,
	ui,
];
