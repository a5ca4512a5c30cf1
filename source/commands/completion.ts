import {chooseWord} from './choose/choose-word.js';
import type {Verb} from './verb.js';

// Each script asks the program itself what fits: `cosmos completion words WORD…` prints `words`,
// `file` or `folder`, then a word and its help in each line. Verbs, flags and ids are never old.
const scripts = {
	bash: `_cosmos() {
	local answer kind word help
	local current="\${COMP_WORDS[COMP_CWORD]}"
	[ "$current" = "=" ] && current=""
	COMPREPLY=()
	answer=$("\${COMP_WORDS[0]}" completion words "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
	kind="\${answer%%$'\\n'*}"
	case "$kind" in
	file) compopt -o default; return ;;
	folder) compopt -o dirnames; return ;;
	esac
	while IFS=$'\\t' read -r word help; do
		[ -n "$word" ] && COMPREPLY+=("$word")
	done <<<"\${answer#"$kind"}"
	[[ "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
	return 0
}
complete -F _cosmos cosmos
`,
	zsh: `#compdef cosmos
_cosmos() {
	local answer kind line
	local -a found options
	answer=$("\${words[1]}" completion words "\${(@)words[2,CURRENT]}" 2>/dev/null) || return
	kind="\${answer%%$'\\n'*}"
	case "$kind" in
	file) compset -P '*='; _files; return ;;
	folder) _files -/; return ;;
	esac
	for line in "\${(@f)answer}"; do
		[[ "$line" == *$'\\t'* ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
	done
	[[ "\${found[1]}" == *=:* ]] && options=(-S '')
	_describe -V cosmos found "\${(@)options}"
}
if [ "$funcstack[1]" = "_cosmos" ]; then _cosmos "$@"; else compdef _cosmos cosmos; fi
`,
	fish: `function __cosmos_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l answer ($words[1] completion words $words[2..-1] 2>/dev/null)
	switch "$answer[1]"
		case file
			__fish_complete_path (commandline -ct)
		case folder
			__fish_complete_directories (commandline -ct)
		case words
			for line in $answer[2..-1]
				echo $line
			end
	end
end
complete -c cosmos -f -k -a '(__cosmos_complete)'
`,
};

const shells = Object.keys(scripts) as Array<keyof typeof scripts>;

export const completion: Verb = {
	name: 'completion',
	summary: 'print the script that makes a shell complete verbs, flags and ids',
	usage: 'bash|zsh|fish',
	details: `
Offers verbs, flags, the newest ids, hosts and presets. In ~/.bashrc: source <(cosmos completion
bash). For zsh write it to a file _cosmos in a folder of $fpath, for fish to
~/.config/fish/completions/cosmos.fish.`,
	endsWithReader: true,
	args: [1, 1],
	completes: [shells],
	flags: [],
	examples: [
		['source <(cosmos completion bash)', 'for this shell'],
		[
			'cosmos completion fish > ~/.config/fish/completions/cosmos.fish',
			'for every fish from now on',
		],
	],
	async run(context, words) {
		const [shell] = words.args;
		context.out(scripts[chooseWord(shells, shell, `there is no completion for "${shell}"`)]);
	},
};
