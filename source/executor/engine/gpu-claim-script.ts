import type {Job} from './engine.js';
import {gpuRowFunctions} from './provenance-script.js';

/** Exit code of a start script that cannot use a lock file, because of what another user put there. */
export const lockUnusable = 121;

/**
 * Shell functions by which a start takes its GPUs, so that no two jobs of any users are on one GPU at once.
 *
 * A start writes a claim, `$claim`, and holds a shared lock on it as long as this shell or the job's client
 * lives. It waits for the earlier claims that share a GPU with it, and for no later one. So nobody waits in a
 * circle, and nobody is passed over forever. GPUs are compared by UUID where both claims know them, else
 * by index; a job that names no GPUs claims all of them.
 *
 * Any user can write a claim, so nothing in it is trusted but the GPUs that it asks for. What is not a
 * regular file is ignored: somebody else's FIFO must not make a start hang.
 */
export function gpuClaimFunctions({gpus = []}: Pick<Job, 'gpus'>): string {
	return `claim=$token.$$.gpus
early=
uuids=-
earlier=
waits_for=
# Sets gpus to the GPUs in the name of a slot: 0-1, or all. A slot with another name conflicts only with itself.
gpus_of() {
	case $1 in
	all) gpus=all ;;
	gpu[0-9]*) gpus=\${1#gpu} ;;
	*) gpus="=$1" ;;
	esac
}
gpus_of "$slot"
mine=${gpus.length > 0 ? gpus.join('-') : '$gpus'}
gpu_count=
old_slots=
${gpuRowFunctions}
find_uuids() {
	[ -z "$gpu_count" ] || return 0
	ask_gpus || return 0
	found= found_count=0 gpu_count=0
	while IFS=', ' read -r index uuid rest; do
		case $index/$uuid in *[!0-9]*/* | /* | */ | */*[!A-Za-z0-9-]*) continue ;; esac
		gpu_count=$((gpu_count + 1))
		case -$mine- in *"-$index-"*) found=$found,$uuid found_count=$((found_count + 1)) ;; esac
	done <<ROWS
$gpu_rows
ROWS
	IFS=-
	set -- $mine
	unset IFS
	[ "$found_count" -ne $# ] || uuids=\${found#,}
}
# shares GPUS UUIDS: whether one of these GPUs is ours, too.
shares() {
	case $mine$1 in
	*=*) [ "$mine" = "$1" ]; return ;;
	*all*) return 0 ;;
	esac
	comma=- theirs=-$1-
	set -- "\${2:--}"
	if [ "$uuids" = - ] || [ "$1" = - ]; then
		IFS=-
		set -- $mine
	else
		comma=, theirs=,$1,
		IFS=,
		set -- $uuids
	fi
	unset IFS
	for one; do
		case $theirs in *"$comma$one$comma"*) return 0 ;; esac
	done
	return 1
}
is_plain() { [ -f "$1" ] && [ ! -L "$1" ] && [ -r "$1" ]; }
leave() {
	kill $announcer $child 2>/dev/null
	rm -f "$token.waiting" "$claim" "$early"
	exit "$1"
}
full_disk() {
	df -Pk "$lock_dir" 2>/dev/null | { read -r heading; read -r disk size used left rest; [ "$left" = 0 ]; } || return 0
	echo "disk full: $lock_dir" >&2
	leave 125
}
spoilt() {
	echo "$1 keeps two jobs from using one GPU, but cannot be used: $2 (its owner: $(stat -c %U "$1" 2>/dev/null || echo nobody))" >&2
	leave ${lockUnusable}
}
open_lock() {
	[ -e "$1" ] || [ -L "$1" ] || (umask 0; set -C; : >"$1") 2>/dev/null
	is_plain "$1" || spoilt "$1" "it is not a regular file, or may not be read"
}
lock_claims() {
	guard=$lock_dir/cosmos-gpus.lock
	open_lock "$guard"
	command exec 8<"$guard"
	flock -w 10 8 || spoilt "$guard" "somebody has held it for 10 s"
	[ "$guard" -ef /proc/self/fd/8 ]
}
# Whatever is there before our claim is earlier, and locked unless its process is dead.
claim_gpus() {
	find_uuids
	until lock_claims; do :; done
	others=
	for file in "$lock_dir"/cosmos-*.gpus; do
		name=\${file##*/}
		case $name in *[!A-Za-z0-9_.-]*) ;; *) others="$others $name" ;; esac
	done
	rm -f "$claim"
	(umask 022; set -C; echo "$mine $uuids $run $by $(date '+%F %T')" >"$claim") 2>/dev/null &&
		command exec 7<"$claim" && flock -n -s 7 || {
			full_disk
			spoilt "$claim" "it cannot be written and locked"
		}
	exec 8<&-
	for name in $others; do
		file=$lock_dir/$name
		is_plain "$file" && command exec 6<"$file" || continue
		if flock -n 6; then
			[ ! -O "$file" ] || rm -f "$file"
		elif read -r claimed known rest <&6 && shares "$claimed" "$known"; then
			earlier="$earlier $name"
		fi
		exec 6<&-
	done 2>/dev/null
}
# Waits for the lock of file descriptor 6, and says for whom.
await_lock() {
	announce 5<&- 6<&- 7<&- &
	announcer=$!
	flock "$@" 6 5<&- 7<&- &
	child=$!
	wait "$child"
	kill "$announcer" 2>/dev/null
	wait "$announcer"
	announcer= child= waits_for=
	exec 6<&-
}
await_gpus() {
	for name in $earlier; do
		file=$lock_dir/$name
		is_plain "$file" && command exec 6<"$file" 2>/dev/null || continue
		if ! flock -n 6; then
			read -r claimed known name who since <&6
			waits_for="$name $who since $since"
			await_lock
		fi
		exec 6<&-
	done
}
${oldLockFunctions}`;
}

/**
 * Version 0.1 locks the name of a slot, `gpu0-1` or `all`, and nothing else. To keep it out, a start holds
 * the locks of all names that share one of its GPUs: those that are there, and those that a
 * configuration is likely to have: of more than four GPUs not every list with gaps, or in another order. They are shared locks: among starts of this version the claims decide.
 * Processes of their own hold them, because a POSIX shell has few file descriptors, and end with the claim.
 */
const oldLockFunctions = `add_old_slot() {
	case " $old_slots " in *" $1 "*) return ;; esac
	gpus_of "$1"
	! shares "$gpus" - || old_slots="$old_slots $1"
}
find_old_slots() {
	[ -z "$old_slots" ] || return 0
	old_slots=$slot
	case $mine in =*) return ;; esac
	last=$((\${gpu_count:-4} - 1))
	IFS=-
	for gpu in $mine; do
		[ "$gpu" = all ] || [ "$gpu" -le "$last" ] || last=$gpu
	done
	unset IFS
	# Of up to four GPUs every list in every order; of more every pair, and neighbours in their order.
	sets= tails=
	every_gpu=$(seq 0 "$last")
	for gpu in $every_gpu; do tails="$tails $gpu"; done
	while [ -n "$tails" ]; do
		sets="$sets $tails" longer=
		for set in $tails; do
			for gpu in $every_gpu; do
				case -$set- in *"-$gpu-"*) continue ;; esac
				case $set in *-*) [ "$last" -lt 4 ] || [ "$gpu" -eq $((\${set##*-} + 1)) ] || continue ;; esac
				longer="$longer $set-$gpu"
			done
		done
		tails=$longer
		[ "$last" -lt 16 ] || tails=
	done
	add_old_slot all
	for set in $sets; do add_old_slot "gpu$set"; done
}
find_used_old_slots() {
	case $mine in =*) return ;; esac
	for file in "$lock_dir"/cosmos-lane-*.lock; do
		name=\${file##*/cosmos-lane-}
		case $name in *[!A-Za-z0-9_.-]*) ;; *) add_old_slot "\${name%.lock}" ;; esac
	done
}
# A process in the background: prints held, or the first name that is taken. It holds them as long as $life is locked.
hold_old_slots() {
	exec 2>/dev/null 5<&- 7<&- 9<&-
	for fd in 3 4 5 6; do
		[ $# -gt 0 ] || break
		name=$1 file=$lock_dir/cosmos-lane-$1.lock
		shift
		[ -e "$file" ] || [ -L "$file" ] || (umask 0; set -C; : >"$file")
		is_plain "$file" && eval "command exec $fd<\\"\\$file\\"" || continue
		flock -n -s "$fd" || { echo "$name"; exit; }
	done
	if [ $# -gt 0 ]; then
		hold_old_slots "$@" &
		exec >/dev/null
		wait
	else
		command exec 8<"$life" || exit
		echo held
		exec >/dev/null
		flock 8
	fi
	exit
}
# Whether somebody of 0.1 waits for one of the locks; also when that cannot be known.
old_slots_awaited() {
	while read -r number arrow kind mode access pid file rest; do
		[ "$arrow" = '->' ] || continue
		case " $old_files " in *" \${file##*:} "*) return 0 ;; esac
	done 2>/dev/null </proc/locks || return 0
	return 1
}
# What takes long is done before a job's turn, while the job before it has the same locks. Whoever waits for one comes first.
hold_old_slots_early() {
	find_old_slots
	set --
	for name in $old_slots; do set -- "$@" "$lock_dir/cosmos-lane-$name.lock"; done
	old_files=$(echo $(stat -c %i "$@" 2>/dev/null))
	! old_slots_awaited || return 0
	early=$token.$$.early life=$token.$$.early
	(umask 022; set -C; : >"$early") 2>/dev/null && command exec 5<"$early" && flock -n -s 5 &&
		[ "$(hold_old_slots $old_slots &)" = held ] || drop_early
}
drop_early() {
	exec 5<&-
	rm -f "$early"
	early=
}
holder_of_old_slot() {
	for file in "$lock_dir"/cosmos-*.starting "$lock_dir"/cosmos-*.running; do
		if lives "$file" && [ "\${rest%% *}" = "$1" ]; then
			name=\${file##*/cosmos-}
			rest=\${rest#* }
			echo "\${name%.*} \${rest%% *}"
			return
		fi
	done
	echo "another-process of-version-0.1"
}
lock_old_slots() {
	find_old_slots
	if [ -n "$early" ]; then
		old_slots_awaited || return 0
		drop_early
		tries=0
		while [ "$tries" -lt 10 ] && old_slots_awaited; do
			sleep 0.1
			tries=$((tries + 1))
		done
	fi
	life=$claim
	find_used_old_slots
	open_lock "$lock_dir/cosmos-lane-$slot.lock"
	while :; do
		busy=$(hold_old_slots $old_slots &)
		[ "$busy" != held ] || return 0
		file=$lock_dir/cosmos-lane-$busy.lock
		is_plain "$file" && command exec 6<"$file" || spoilt "$file" "it has changed"
		waits_for=$(holder_of_old_slot "$busy")
		await_lock -s
	done
}
`;
