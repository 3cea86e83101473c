#!/usr/bin/env bash
# mutants.sh: flaws planted in Lightning Attention's kernel, one at a time; attention_check must fail for each of them and
# pass without. Prints a line a mutant; fails if one survives.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source emulator/flags.sh
kernels=../../main/cuda
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=("64 wide, segments" "fewer rows" "documents, one segment")

mkdir "$work/shared"
compile attention_check.cu "$work/shared/check.o" &
for kernel in attention_f32 attention_scan attention_step attention_bf16_128_128; do
  compile $kernels/$kernel.cu "$work/shared/$kernel.o" &
done
compile_emulator "$work/shared/emulator.o"
wait

# Whether a copy of the kernel passes the cases; what it says goes to FOLDER/said.
passes() {
  local folder=$1 case
  compile "$folder/attention_bf16_64_64.cu" "$folder/kernel.o"
  "${CXX:-g++}" -pthread -o "$folder/check" "$work"/shared/*.o "$folder/kernel.o"
  for case in "${cases[@]}"; do
    timeout 120 "$folder/check" 1 "$case" >>"$folder/said" 2>&1 || return 1
  done
}

# mutant NAME TIMES TEXT REPLACEMENT: TEXT stands in the kernel so many times.
mutant() {
  local name=$1 times=$2 folder
  folder=$(mktemp -d -p "$work")
  cp $kernels/attention_bf16_64_64.cu $kernels/*.cuh "$folder"
  python3 - "$folder/attention_bf16.cuh" "$times" "$3" "$4" <<'PYTHON'
import sys
path, times, text, replacement = sys.argv[1:]
source = open(path).read()
if source.count(text) != int(times):
    sys.exit(f"'{text}' stands {source.count(text)} times in the kernel, not {times}")
open(path, "w").write(source.replace(text, replacement))
PYTHON
  if passes "$folder"; then
    echo "SURVIVED  $name" | tee "$folder/survived"
  else
    echo "caught    $name: $(grep -vE '^(ok|fp32|bf16|failed|all right)' "$folder/said" | head -n 1 | cut -c 1-150)"
  fi
}

mutants=(
  "none" 1 'bool real = row + r < rows;' 'bool real = row + r < rows;'
  "a removed barrier" 2 'meetBlock();' ';'
  "a barrier that half of the warps do not reach" 1 'meetBlock();  // this' '; // this'
  "copies that nobody waits for" 1 'waitForCopies<L::STAGES - 2>();' ';'
  "copies waited for a chunk late" 1 'waitForCopies<L::STAGES - 2>();' 'waitForCopies<L::STAGES - 1>();'
  "an index out of bounds" 1 'bool real = row + r < rows;' 'bool real = true;'
  "a wrong fragment map" 1 'lane % 16 * row + lane / 16 * 8' 'lane / 2 * row + lane % 2 * 8'
  "fragments of a pair exchanged" 1 'uint32_t first[2] = {b[0], b[1]};' 'uint32_t first[2] = {b[1], b[0]};'
  "a dropped mask of the tail" 1 'if (16 * block + g + 8 * half < chunk.rows)' 'if (true)'
  "a state that is a step late" 1 'chunk.rows - 1 - row : row + 1;' 'chunk.rows - 1 - row : row;'
  "a document that sees the one before" 1 'REVERSE ? row >= chunk.last : chunk.start(row) < 0;' 'true;'
)
for ((i = 0; i < ${#mutants[@]}; i += 4)); do
  mutant "${mutants[@]:i:4}" &
  if (($(jobs -rp | wc -l) >= $(nproc))); then wait -n; fi
done
wait
survivors=$(cat "$work"/*/survived 2>/dev/null || true)
if [ "$survivors" != "SURVIVED  none" ]; then
  echo "not only the kernel without a flaw survived"
  exit 1
fi
