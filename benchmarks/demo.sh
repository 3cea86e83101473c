#!/usr/bin/env bash
# The demo as its users see it: whole, called again, and --fast; what it printed and how long each call took.
# The peer is in the output itself: the unigram entropy and a Kneser-Ney bigram on the same training tokens.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
report=${1:-docs/benchmarks/demo.md}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

simd() { grep -qw avx512f /proc/cpuinfo && echo AVX-512 || { grep -qw avx2 /proc/cpuinfo && echo AVX2 || echo 'no AVX2'; }; }
call() { # NAME ARGUMENT...: runs the demo, keeps its output, adds a row to the table
  local name=$1 began ended promise=reached
  shift
  began=$(date +%s)
  ./tnl demo --no-stay --port 0 "$@" | tee "$scratch/$name.out" >&2 || promise='NOT reached'
  ended=$(date +%s)
  printf '| `./tnl demo%s` | %s s | %s | %s |\n' "$(printf ' %s' "$@" | sed "s| --data $scratch/[a-z]*||")" \
    "$((ended - began))" "$(cut -d' ' -f1 /proc/loadavg)" "$promise" >>"$scratch/rows"
}

./tnl build
call whole --data "$scratch/whole"
call again --data "$scratch/whole"
call fast --fast --data "$scratch/fast"

{
  printf '# The demo, measured\n\n'
  printf '`./tnl bench demo` on %s: %s, %s cores, %s, %s GiB. Wall-clock seconds from a warm build, sample fetched.\n\n' "$(date -u +%F)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(simd)" "$(awk '/MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)"
  printf '| call | took | load average at its end | promise |\n|---|---|---|---|\n'
  cat "$scratch/rows"
  printf '\nThe second call finds everything done. Budget of the whole demo on 2 cores: 6 minutes with AVX-512, 10 with AVX2; of `--fast` 90 s.\n'
  printf '\n## What the whole demo printed\n\n```\n'
  # without the lines of progress, which a stage's ✔ sums up
  sed -E -e '/operator key/d' -e "s|$scratch|DATA|g" -e "s|$PWD/||g" \
    -e '/^  (sample corpus|ingest|clean|tokenizer|token shards|train|deploy|generate|trace the answer back) /d' "$scratch/whole.out"
  printf '```\n'
} >"$report"
sed -n '1,/^## /p' "$report"
