import type {Job} from './engine.js';

/**
 * Shell functions by which a start takes its GPUs, so that no two jobs of anybody have one at once. A
 * start writes a claim, `$token.gpus`, and holds a lock on it as long as this shell or the job's client
 * lives. It waits for the earlier claims with which it shares a GPU, and for no later one: nobody waits
 * in a circle, and nobody is passed over for ever. GPUs are told apart by UUID where both claims know
 * them, else by index; a job that names none takes what its slot's name says, `all` without one.
 *
 * A claim is read by everybody and trusted in nothing but what it asks for. What is no regular file
 * is none.
 */
export function gpuClaimFunctions({gpus = []}: Pick<Job, 'gpus'>): string {
	return `uuids=-
earlier=
waits_for=
# Versions before 0.2 know slots only; the name says which GPUs. Another name is for itself.
gpus_of() {
	case $1 in
	all) echo all ;;
	gpu[0-9]*) echo "\${1#gpu}" | tr - , ;;
	*) echo "=$1" ;;
	esac
}
mine=${gpus.length > 0 ? gpus.join(',') : '$(gpus_of "$slot")'}
find_uuids() {
	case $mine in all | =*) return ;; esac
	list=$(timeout 10 nvidia-smi --query-gpu=index,uuid --format=csv,noheader 2>/dev/null) || return
	found=
	for gpu in $(echo "$mine" | tr , ' '); do
		uuid=$(echo "$list" | sed -n "s/^ *$gpu, *\\([A-Za-z0-9-]*\\) *$/\\1/p")
		[ -n "$uuid" ] || return
		found=$found,$uuid
	done
	uuids=\${found#,}
}
shares() {
	case $mine$1 in
	*=*) [ "$mine" = "$1" ]; return ;;
	*all*) return 0 ;;
	esac
	ours=$mine theirs=$1
	if [ "$uuids" != - ] && [ "\${2:--}" != - ]; then ours=$uuids theirs=$2; fi
	for one in $(echo "$ours" | tr , ' '); do
		case ,$theirs, in *,"$one",*) return 0 ;; esac
	done
	return 1
}
is_plain() { [ -f "$1" ] && [ ! -L "$1" ] && [ -r "$1" ]; }
spoilt() {
	rm -f "$token.waiting"
	echo "$1, which keeps two jobs off one GPU, cannot be used: $2 (its owner: $(stat -c %U "$1" 2>/dev/null))" >&2
	exit 125
}
make_lock() {
	[ -e "$1" ] || [ -L "$1" ] || (umask 0; set -C; : >"$1") 2>/dev/null
	is_plain "$1" || spoilt "$1" "it is no regular file, or may not be read"
}
claim_gpus() {
	find_uuids
	guard=$lock_dir/cosmos-gpus.lock
	make_lock "$guard"
	exec 8<"$guard"
	flock -w 10 8 || spoilt "$guard" "somebody has held it for 10 s"
	for file in "$lock_dir"/cosmos-*.gpus; do
		name=\${file##*/cosmos-}
		name=\${name%.gpus}
		case $name in "$run" | *[!A-Za-z0-9_.-]*) continue ;; esac
		is_plain "$file" && command exec 6<"$file" || continue
		if flock -n -s 6; then
			[ ! -O "$file" ] || rm -f "$file"
		elif read -r claimed known rest <&6 && shares "$claimed" "$known"; then
			earlier="$earlier $name"
		fi
		exec 6<&-
	done 2>/dev/null
	rm -f "$token.gpus"
	(umask 022; set -C; echo "$mine $uuids $by $(date '+%F %T')" >"$token.gpus") 2>/dev/null
	is_plain "$token.gpus" && [ -O "$token.gpus" ] || spoilt "$token.gpus" "it is somebody else's"
	exec 7<"$token.gpus"
	flock -n 7 || spoilt "$token.gpus" "somebody holds it"
	exec 8<&-
}
await_gpus() {
	for name in $earlier; do
		file=$lock_dir/cosmos-$name.gpus
		is_plain "$file" && command exec 6<"$file" 2>/dev/null || continue
		if ! flock -n -s 6; then
			read -r claimed known who since <&6
			waits_for="$name $who since $since"
			announce 6<&- 7<&- &
			announcer=$!
			flock -s 6 7<&- &
			child=$!
			wait "$child"
			kill "$announcer" 2>/dev/null
			wait "$announcer"
			announcer= child= waits_for=
		fi
		exec 6<&-
	done
}
`;
}
