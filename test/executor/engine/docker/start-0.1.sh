run=RUN
lock_dir=${COSMOS_LOCK_DIR:-}
if [ -z "$lock_dir" ]; then
	lock_dir=/tmp
	if [ -k /run/lock ] && [ -w /run/lock ]; then lock_dir=/run/lock; fi
fi
token=$lock_dir/cosmos-$run

started() {
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
	set -- ${stat##*) }
	[ "$1" != Z ] && echo "${20}"
}
write_token() { echo "$$ $(started $$) $lane $by" >"$token.$1"; }
lives() {
	read -r pid start rest 2>/dev/null <"$1" && [ -n "$start" ] && [ "$(started "$pid")" = "$start" ]
}
end_waiter() {
	[ -e "$token.waiting" ] && mv "$token.waiting" "$token.ended" 2>/dev/null || return 1
	ended=1
	while lives "$token.ended"; do
		if [ "$ended" -lt 50 ]; then kill -TERM "$pid"; else kill -KILL "$pid"; fi
		ended=$((ended + 1))
		sleep 0.1
	done
	rm -f "$token.ended"
	[ "$ended" -gt 1 ]
}

lane=SLOT
by='old@desk'
settle_lane() { holders; }
engine() { DOCKER "$@"; }
holders() { engine ps -q --no-trunc --filter "label=cosmos.lane=$lane"; }
holder() {
	engine ps --filter "label=cosmos.lane=$lane" \
		--format '{{.Label "cosmos.run"}} {{.Label "cosmos.by"}} {{.Status}}' | head -n 1
}
await() { exec DOCKER wait "$@"; }
settle_lane() {
	all=$(engine ps -a --no-trunc --filter "label=cosmos.lane=$lane" --filter 'status=created' --filter 'status=running' --filter 'status=paused' --filter 'status=restarting' 		--format '{{.ID}} {{.Status}}') || return
	[ -n "$all" ] || return 0
	made=$(echo "$all" | sed -n 's/ Created.*//p')
	if [ -z "$made" ]; then
		echo "$all" | sed 's/ .*//'
	else
		engine rm $made >/dev/null 2>&1
		holders
	fi
}
run_job() {
	set -- run --name cosmos-RUN '--pull=never' --init '--sig-proxy=false' '--ipc=host' --label 'cosmos.run=RUN' --label 'cosmos.lane=SLOT' --label 'cosmos.by=old@desk' --label 'cosmos.folder=cosmos-runs/RUN' --label 'cosmos.version=0.1.0' -v /CHECKOUT:/workspace -w /workspace --env-file /CHECKOUT/cosmos-runs/RUN/env
	case docker in
	*[Pp]odman*) set -- "$@" --log-driver k8s-file --device 'nvidia.com/gpu=97' --device 'nvidia.com/gpu=98' ;;
	*) set -- "$@" --log-driver local --log-opt 'max-size=1p' --log-opt 'max-file=1' --log-opt 'compress=false' --log-opt 'mode=blocking' --gpus '"device=97,98"' ;;
	esac
	cache=$HOME/.cache/huggingface
	[ -d "$cache" ] && set -- "$@" -v "$cache:/root/.cache/huggingface"
	engine "$@" --network none IMAGE sh cosmos-runs/RUN/job.sh
	code=$?
	# A job that has begun has emptied it.
	env=/CHECKOUT/cosmos-runs/RUN/env
	[ ! -s "$env" ] || rm -f "$env"
	return "$code"
}
announcer=
child=
give_up() {
	kill $announcer $child 2>/dev/null
	rm -f "$token.waiting"
	exit 143
}
tell_holder() {
	line=$(holder)
	if [ -n "$line" ] && [ "${line%% *}" != "$told" ]; then
		told=${line%% *}
		echo "wait $line"
	fi
}
await_quietly() { (await "$@") >/dev/null 2>&1 9<&- & child=$!; wait "$child"; child=; }
cannot_look() {
	rm -f "$token.waiting"
	echo "cannot look for jobs on lane $lane" >&2
	exit 125
}
announce() {
	trap 'kill $child 2>/dev/null; exit' TERM
	while :; do
		tell_holder
		ids=$(holders)
		if [ -n "$ids" ]; then await_quietly $ids; else sleep 1 9<&- & child=$!; wait "$child"; fi
	done
}
lock_lane() {
	file=$lock_dir/cosmos-lane-$lane.lock
	[ -e "$file" ] || (umask 0; set -C; : >"$file") 2>/dev/null
	exec 9<"$file"
	if ! flock -n 9; then
		announce &
		announcer=$!
		flock 9 &
		child=$!
		wait "$child"
		kill "$announcer" 2>/dev/null
		wait "$announcer"
		announcer= child=
	fi
	[ "$file" -ef /proc/self/fd/9 ]
}

told=
end_waiter
refusal=$( (set -C; write_token waiting) 2>&1) || {
	case $refusal in
	*exist*) refusal="$run waits for its lane already" ;;
	*) rm -f "$token.waiting" ;;
	esac
	echo "cannot write $token.waiting: $refusal" >&2
	exit 125
}
trap '' PIPE
trap give_up TERM HUP INT
echo ready
until lock_lane; do :; done
ids=$(settle_lane) || cannot_look
while [ -n "$ids" ]; do
	tell_holder
	await_quietly $ids
	ids=$(holders) || cannot_look
done
mv "$token.waiting" "$token.starting" 2>/dev/null || give_up
trap - TERM HUP INT
echo start
trap - PIPE
run_job
code=$?
rm -f "$token.starting"
exit "$code"
