import {hostRecord} from '../domain/hosts/host.js';
import {modelNames, newHostModel, unnamedModel, usualPlaces} from '../domain/models/families.js';
import {joinWithOr} from '../domain/text-format.js';
import {defaultEngine, engines} from '../executor/engine/engines.js';
import {jsonText} from './print/json.js';
import {printTable} from './print/print-table.js';
import {jsonFlag, type Verb} from './verb.js';

const engineLines = Object.entries(engines)
	.map(([name, {summary}]) => `${' '.repeat(35)}"${name}": ${summary}`)
	.join('\n');

/** Of the family in the example. */
const places = usualPlaces(newHostModel);

export const config: Verb = {
	name: 'config',
	summary: 'print every configured value and where it came from',
	usage: '[flags]',
	details: `
One TOML file, $XDG_CONFIG_HOME/cosmos/config.toml (~/.config/cosmos/config.toml), then
./cosmos.toml (see \`cosmos trust\`), then COSMOS_DATA, COSMOS_CONFIG, COSMOS_HOST, then flags; later ones win.

  default_host = "h100"
  open = "mpv --loop"              the command of \`cosmos open\`
  notice = "auto"                  when a run ends: bell, osc9, osc777, osc99, off; auto: dashboard only
  notice_when = "unfocused"        the dashboard notifies while its terminal is not focused, or always
  theme = "auto"                   dashboard colours; or terminal, dark, light, contrast, none
  colors.accent = "bold cyan"      the look of dim, strong, accent, good, warn, bad, selected, cursor, tab:
                                   attributes, names, 0 to 255 or #rrggbb, "on" before a background
  pictures = "auto"                video pictures: what the terminal supports; or blocks, kitty, sixel, none
  mouse = true                     clicks and wheel in the dashboard; M turns it off and on
  keys.stop = "ctrl-k"             another key for a dashboard command; docs/keys.md lists the names

  [commands.play]                  a command of your own for the dashboard; docs/dashboard.md
  key = "W"                        its key; without one it is in the palette and the help
  on = "run"                       what it works on: run, prompt, output or queue          (needed)
  run = ["mpv", "{video}"]         the program and its arguments; no shell reads them      (needed)
  ask = {}                         what is asked before: {folder = "To which folder?"} is {ask.folder}
  confirm = "…?"                   a question before it runs; default: none
  output = "notice"                the last line of its output; or "page", or "silent"

  [hosts.h100]
  ssh = "h100"                     an alias of ~/.ssh/config or user@host:port; default: the name
  model = "${newHostModel}"                the model family: ${joinWithOr(modelNames)} (default ${unnamedModel})
  remote_dir = "${places.remoteDir}"  the model's checkout on the host         (needed)
  image = "${places.image}"  the container image                   (needed)
  user, port, key                  if the alias does not set them
  transport = "ssh2"               or "openssh": this machine's ssh; default: ssh2 where it can
  docker = "docker"                or "podman", "sudo docker"
  gpus = [0]                       given to a job; [] passes no GPU option; [[0], [1, 2]]: two slots
  groups = []                      group names: --host NAME means every host of the group
  docker_args = []                 additional arguments for docker run
  extra_args = {}                  words after a family's command: {"cosmos3" = ["--flag"]}
  shared = false                   true: other users may read uploads, as the umask there allows
  env = ["HF_TOKEN"]               local environment variables to pass to a job
  hf_token_file = "~/.hf-token"    local file with the token, for jobs while HF_TOKEN is not set
  engine = "${defaultEngine}"                what runs jobs there:
${engineLines}
  prefix = []                      words before the model's command
  simulated = false                true when the simulator replaces the model
  batch_sizes = [8, 4, 2]          for \`queue optimise\`: with one control, two, more

  [hosts.h100.slurm]               jobs through Slurm; ssh is then a login node; docs/slurm.md
  partition, account, qos, constraint, gres, memory, time    the words of sbatch's options
  options = []                     more words for sbatch
  width = 1                        jobs of the queue that Slurm may have at once
  container = "none"               or "apptainer", "pyxis", "docker": what starts \`image\` on a node
  container_args = [], mounts = []   more words for it; "FOLDER:INSIDE" beside remote_dir

  [hosts.h100.servers.nano]        a model that stays loaded between jobs; Docker only; docs/servers.md
  kind = "vllm-omni", checkpoint = "Cosmos3-Nano", image = "vllm/vllm-omni:cosmos3"
  gpus, args, idle_stop = 1800, start_limit = 1800, url

  [enhancer]                       a chat endpoint that writes prompts for Cosmos 3; docs/enhancing.md
  url = "https://api.example.com/v1", model = "NAME"                       (needed)
  key_env = "NAME"                 the environment variable with its key; default: none is sent
  images = false                   true: the model sees images, and those of prompts are sent
  time_limit = 120                 seconds for an answer

  [notify]                         reports the ends of queued jobs; docs/queue.md
  command = ["notify-send"]        gets a title and a text as its last words
  webhook = "https://…"            gets a POST with JSON
  ntfy = "https://ntfy.sh/TOPIC"   a topic of an ntfy server
  digest = 3600                    seconds over which the jobs of a dataset are reported together

  [measures]                       of results, when they arrive and by \`cosmos measure\`; docs/choosing.md
  auto = false                     true: results are compared with their inputs and controls at once
  flag = "flicker>6"               flags the results that this filter finds
  reject = "black>20 OR psnr<18"   flags and rejects them

  [recipes.depth]                  a job of your own; \`cosmos recipe --help\`, docs/recipes.md
  image, command, inputs, outputs, progress, time_limit; kind and measures of a check`,
	endsWithReader: true,
	args: [0, 0],
	flags: [jsonFlag],
	examples: [['cosmos config', 'the values in use and their source']],
	async run(context, words) {
		const {sources, hosts, recipes, withheld} = await context.config();
		if (words.on('json')) {
			context.out(jsonText('config', {sources, hosts: hosts.map(hostRecord), recipes, withheld}));
		} else {
			const rows = sources.map(({key, value, from}) => [key, value, from]);
			for (const key of withheld?.keys ?? []) {
				rows.push([key, 'withheld', `${withheld?.file} (not trusted)`]);
			}

			await printTable(context, ['KEY', 'VALUE', 'FROM'], rows);
		}
	},
};
