#!/usr/bin/env bash
# cuda-run.sh PACK OUT [STEPS]: on a machine with a GPU, trains the 385M shape on the pack's token set three times over:
# without a break; until it is killed (SIGKILL) past half of the steps; and on from the checkpoint that the kill left. The
# last checkpoints of the first and the third must have the same bits. OUT gets the steps as JSON lines, what took how
# long, hashes, and a text that the model goes on with. The curve: LossCurve.java.
set -euo pipefail
pack=${1:?usage: cuda-run.sh PACK OUT [STEPS]}
out=${2:?usage: cuda-run.sh PACK OUT [STEPS]}
steps=${3:-600}
half=$((steps / 2))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
set -o monitor

train() { # FOLDER EVENTS ARGUMENT...
  local folder=$1 events=$2
  shift 2
  "$pack/model" train --device cuda --json --out "$folder" "$@" >>"$events" 2>>"$out/messages.txt"
}
fresh=("$pack/tokens" --size tnl1-385m --batch 8x2048 --steps "$steps" --lr 6e-4 --seed 1
  --set checkpoints.everySteps="$half" --set checkpoints.keep=1 --set evaluation.everySteps=$((steps / 12)))
clock() { date +%s.%N; }
say() { echo "$*" | tee -a "$out/summary.txt"; }

"$pack/model" --version >/dev/null 2>&1 || true # unpacks the runtime
begin=$(clock)
train "$work/whole" "$out/whole.jsonl" "${fresh[@]}" &
until grep -q '"event":"step"' "$out/whole.jsonl" 2>/dev/null; do sleep 0.05; done
say "first training step done $(awk "BEGIN{print $(clock) - $begin}") s after the process began"
wait %1
say "$steps steps without a break: $(awk "BEGIN{print $(clock) - $begin}") s"

train "$work/killed" "$out/killed.jsonl" "${fresh[@]}" &
until grep -q "\"step\":$((half + steps / 20))," "$out/killed.jsonl" 2>/dev/null; do sleep 0.05; done
kill -9 -- -"$(jobs -p %1)"
wait %1 2>/dev/null || true
say "killed at step $(grep -c '"event":"step"' "$out/killed.jsonl")"
begin=$(clock)
train "$work/killed" "$out/resumed.jsonl" --resume
say "resumed and done: $(awk "BEGIN{print $(clock) - $begin}") s"

hashes() { (cd "$1/checkpoint-$(printf %08d "$steps")" && sha256sum ./*.safetensors); }
hashes "$work/whole" >"$out/whole.sha256"
hashes "$work/killed" >"$out/resumed.sha256"
[ -s "$out/whole.sha256" ] && cmp "$out/whole.sha256" "$out/resumed.sha256"
say "the same bits with and without the kill: $(wc -l <"$out/whole.sha256") files"
"$pack/model" generate --device cuda "$work/whole" --prompt "The " --max-tokens 200 --temperature 0.7 --seed 7 \
  >"$out/text.txt" 2>>"$out/summary.txt"
cat "$out/text.txt"
