#!/usr/bin/env bash
# Makes the data folder in `data/` with the program of version 0.1. README.md says how to call it.
set -euo pipefail
program=$1 tiny=$2 here=$(cd "$(dirname "$0")" && pwd)
export HOME=/home/ada COSMOS_SIMULATE_STEP=0
unset XDG_DATA_HOME XDG_CONFIG_HOME COSMOS_DATA COSMOS_CONFIG COSMOS_SIMULATE
hostname workstation
rm -rf "$HOME"
mkdir -p "$HOME/videos/city" "$HOME/videos/desert" "$HOME/checkout" "$HOME/.config/cosmos"
cd "$HOME"
for name in color depth segmentation; do cp "$tiny" "videos/city/$name.mp4"; done
cp "$tiny" videos/desert/color.mp4
cat >.config/cosmos/config.toml <<END
default_host = "here"
[hosts.here]
ssh = "local"
engine = "process"
remote_dir = "$HOME/checkout"
prefix = ["$(command -v node)", "$program/dist/simulator.js"]
env = ["COSMOS_SIMULATE", "COSMOS_SIMULATE_STEP"]
simulated = true
[hosts.h100]
ssh = "h100.example"
remote_dir = "~/cosmos-transfer1"
image = "acme/cosmos:1"
groups = ["fast"]
[recipes.copy]
command = ["sh", "-c", "cp \"\$1\" \"\$2/copy.mp4\"", "sh", "{inputs}/color.mp4", "{outputs}", "{seed}"]
outputs = ["*.mp4"]
END
cosmos() { node "$program/dist/cli.js" "$@"; }
newest() { cosmos list "$1" --json --limit 1 | node -p 'JSON.parse(require("fs").readFileSync(0))[0].id'; }

cosmos create prompt "A city street at night, rain, neon" videos/city --name city-night --negative "daylight"
city=$(newest prompts)
cosmos create prompt "A desert road at dusk" videos/desert --name desert-dusk --negative "daylight"
desert=$(newest prompts)
cosmos create prompt "A harbour in fog" videos/city --name harbour --model transfer2.5
harbour=$(newest prompts)

# One run of every kind.
cosmos inference "$city" --steps 3
transfer=$(newest runs)
cosmos upscale "$transfer"
cosmos upscale videos/desert/color.mp4
cosmos prompt-enhance "$city"
cosmos prompt-enhance "$desert" --no-create-new
cosmos inference "$harbour" --steps 3
cosmos recipe copy "$desert" --seed 7
cosmos inference "$city" "$desert" --batch --steps 3 --weights 0 0.5 0 0
COSMOS_SIMULATE=guardrail@2 cosmos inference "$city" "$desert" --batch --steps 3 --weights 0 0.5 0 0 || true
cosmos edit "$harbour" --text "A harbour in fog, gulls" --force

# One of every end.
for failure in guardrail oom crash-late exit=7 killed no-output; do
	COSMOS_SIMULATE=$failure cosmos inference "$city" --steps 2 || true
done
COSMOS_SIMULATE=hang cosmos inference "$city" --steps 2 --time-limit 10 || true
node "$here/stop-at.mjs" "$program" "$city" running cancel
node "$here/stop-at.mjs" "$program" "$city" downloading block || true

cosmos rate "$transfer" 4
cosmos tag "$transfer" keep rain
cosmos note "$transfer" "the best so far"
cosmos rate "$city" 5
cosmos tag "$city" night
cosmos presets save draft --steps 12 --edge 0.5
cosmos presets save best --from "$transfer"

# The trash: a run, its outputs alone, a prompt.
cosmos create prompt "A test" videos/desert --name test
cosmos delete prompt "$(newest prompts)" --yes
cosmos inference "$desert" --steps 2
gone=$(newest runs)
cosmos inference "$desert" --steps 2
cosmos delete run "$(newest runs)" --outputs --yes
cosmos delete run "$gone" --yes

# The queue: ended, waiting, held, after another, and merged jobs.
cosmos queue add inference "$city" --steps 2
COSMOS_SIMULATE=oom cosmos queue run --once || true
cosmos queue add inference "$city" --steps 2
cosmos queue run --once
cosmos queue add inference "$city" "$desert" --host h100 --seed 5
cosmos queue add inference "$desert" --host fast --seed 6
cosmos queue add upscale "$transfer"
held=$(cosmos queue add prompt-enhance "$city" --host any | cut -f1)
cosmos queue add recipe copy "$city" --host h100
cosmos queue add inference "$harbour" --host h100 --model transfer2.5 --after "$held"
cosmos queue optimise
cosmos queue list
cosmos queue hold "$held"
cosmos queue pause

# The dashboard's own file: the last launch form, a sort order and a filter.
keys() { for one in "$@"; do printf "$one"; sleep 2; done; }
script -qfc "stty cols 120 rows 40; exec node $program/dist/cli.js" /dev/null < <(keys '' '' 1 i '\r' '' '' 2 o / city '\r' '' q) >/dev/null

# Unfinished runs, last: a dashboard would resume them.
for status in pending uploading starting running downloading; do
	node "$here/stop-at.mjs" "$program" "$city" "$status" die || true
done

cosmos verify
