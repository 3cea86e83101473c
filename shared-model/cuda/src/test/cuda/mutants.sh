#!/usr/bin/env bash
# mutants.sh [few]: flaws planted in kernels, one at a time, each of which kernel_check or attention_check must see. A line a
# mutant; fails if one survives, does not compile, or ends in any other way than by a failed check. few: those of attention
# that are like others are left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
few=${1-}
source emulator/flags.sh
flags+=(-O1) # compiling is most of it
sources=../../main/cuda
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All at once as far as there are processors; fails if one does.
in_parallel() { xargs -P "$(nproc)" -d '\n' -n 1 bash -c 'set -euo pipefail; source emulator/flags.sh; flags+=(-O1); eval "$1"' _; }

# check PROGRAM SEED PART: its exit status; what it says goes to standard output.
check() { timeout 120 "$1" "$2" "$3" 2>&1; }

# link PROGRAM CHECK KERNEL.o
link() {
  local others=()
  [[ $2 == kernel_check ]] || others=("$work/attention_f32.o" "$work/attention_scan.o")
  "${CXX:-g++}" -pthread -o "$1" "$work/$2.o" "$3" "${others[@]}" "$work/emulator.o"
}

files=(norm loss few_rows many_rows optimizer embedding attention_bf16_64_64)
{
  echo "compile_emulator $work/emulator.o"
  printf "compile %s.cu $work/%s.o\n" attention_check{,} kernel_check{,}
  for kernel in attention_f32 "${files[@]}" attention_scan; do echo "compile $sources/$kernel.cu $work/$kernel.o"; done
} | in_parallel

# What is checked for a file's mutants, a line a case.
cases_of() {
  case $1 in
    attention_bf16_64_64) printf '%s\n' "64 wide, segments" "fewer rows" "documents, one segment" ;;
    few_rows | many_rows) echo "${1/_/ }" ;;
    *) echo "$1" ;;
  esac
}
program_of() { [[ $1 == attention* ]] && echo attention_check || echo kernel_check; }

# judge PROGRAM KERNEL: says "survived", "caught WHAT", or what else became of it.
judge() {
  local part said status seed
  while read -r part; do
    for seed in 1 2 3; do
      status=0
      said=$(check "$1" $seed "$part") || status=$?
      case $status in
        0) ;;
        1 | 2) echo "caught $(grep -vE '^(ok|fp32|bf16|failed|all right)' <<<"$said" | head -n 1 | cut -c 1-110)"; return ;;
        124) echo "TIMED OUT"; return ;;
        *) echo "ENDED WITH $status: $(tail -n 1 <<<"$said")"; return ;;
      esac
      [[ $2 == attention* ]] && break
    done
  done < <(cases_of "$2")
  echo survived
}

# mutant NUMBER KERNEL FILE NAME TEXT REPLACEMENT: all of TEXT in FILE is replaced, and KERNEL compiled.
mutant() {
  local folder=$work/$1 outcome source
  mkdir "$folder"
  cp $sources/"$2".cu $sources/*.cuh "$folder"
  source=$(<"$folder/$3")
  [[ $source == *"$5"* ]] || { echo "$3 has no '$5'"; return 1; }
  printf '%s\n' "${source//"$5"/"$6"}" >"$folder/$3"
  compile "$folder/$2.cu" "$folder/kernel.o"
  link "$folder/check" "$(program_of "$2")" "$folder/kernel.o"
  outcome=$(judge "$folder/check" "$2")
  echo "$2: $4: $outcome"
  [[ $outcome != caught* ]] || touch "$folder/caught"
  rm "$folder/check" "$folder/kernel.o"
}

mutants=(
  norm rows.cuh "a removed barrier" $'sums[threadIdx.x / 32] = x;\n  __syncthreads();' 'sums[threadIdx.x / 32] = x;'
  norm rows.cuh "an index out of bounds" 'j < columns; j += blockDim.x) f' 'j <= columns; j += blockDim.x) f'
  norm rows.cuh "a dropped mask of the tail" 'if (wide && columns % WIDE == 0)' 'if (wide)'
  norm rows.cuh "a dropped mask of warps" 'threadIdx.x % 32 < blockDim.x / 32 ? sums' 'true ? sums'
  norm norm.cu "a mean of something else" 'sumOfBlock(sum) / float(columns)' 'sum / float(columns)'
  loss rows.cuh "a removed barrier" $'largest[threadIdx.x / 32] = x;\n  __syncthreads();' 'largest[threadIdx.x / 32] = x;'
  loss loss.cu "an index out of bounds" 'toFloat(x[target])' 'toFloat(x[target + vocab])'
  loss loss.cu "a dropped mask of targets" 'if (target < 0) {' 'if (false) {'
  loss loss.cu "a largest logit that is forgotten" 'mine.sum *= expf(mine.largest - most);' ''
  few_rows few_rows.cu "a removed barrier" $'i % 2] = c[n][i];\n  }\n  __syncthreads();' $'i % 2] = c[n][i];\n  }'
  few_rows few_rows.cu "an index out of bounds" 'lowerReal = output + g + 8 < outputs' 'lowerReal = true'
  few_rows few_rows.cu "a wrong fragment map" '{{p.x, q.x, p.y, q.y}' '{{p.x, p.y, q.x, q.y}'
  few_rows few_rows.cu "a dropped mask of the tail" 'if (row >= rows || output + j >= outputs) continue;' ''
  many_rows many_rows.cu "a removed barrier" $'waitForCopies<STAGES - 2>();\n    __syncthreads();' 'waitForCopies<STAGES - 2>();'
  many_rows many_rows.cu "copies that nobody waits for" 'waitForCopies<STAGES - 2>();' ''
  many_rows many_rows.cu "an index out of bounds" '? o < outputs :' '? true :'
  many_rows many_rows.cu "a wrong fragment map" '{{p.x, q.x, p.y, q.y}' '{{p.x, p.y, q.x, q.y}'
  many_rows many_rows.cu "a dropped mask of the tail" 'if (column >= outputs || row >= rows) continue;' ''
  optimizer optimizer.cu "a removed barrier" $'sums[threadIdx.x / 32] = x;\n  __syncthreads();' 'sums[threadIdx.x / 32] = x;'
  optimizer optimizer.cu "an index out of bounds" 'k < i + PER_THREAD && k < n' 'k < i + PER_THREAD'
  optimizer optimizer.cu "a dropped mask of the tail" 'at < end ? x[at] : 0.f' 'x[at]'
  optimizer optimizer.cu "wide loads of what is not aligned" 'if (whole && i' 'if ((whole || true) && i'
  embedding embedding.cu "an index out of bounds" ' || j >= columns) return;' ') return;'
  embedding embedding.cu "a dropped mask of the tail" 'i + k < end ?' 'true ?'
  embedding embedding.cu "padding that is learnt" 'if (token == padToken) return;' ''
  attention_bf16_64_64 attention_bf16.cuh "a removed barrier" 'meetBlock();' ';'
  attention_bf16_64_64 attention_bf16.cuh "an index out of bounds" 'bool real = r < rows - row;' 'bool real = true;'
  attention_bf16_64_64 attention_bf16.cuh "a wrong fragment map" 'lane % 16 * row + lane / 16 * 8' 'lane / 2 * row + lane % 2 * 8'
  attention_bf16_64_64 attention_bf16.cuh "a dropped mask of the tail" 'if (16 * block + g + 8 * half < chunk.rows)' 'if (true)'
)
more=(
  attention_bf16_64_64 attention_bf16.cuh "a barrier that half of the warps do not reach" 'meetBlock();  // this' '; // this'
  attention_bf16_64_64 attention_bf16.cuh "copies that nobody waits for" 'waitForCopies<L::STAGES - 2>();' ';'
  attention_bf16_64_64 attention_bf16.cuh "copies waited for a chunk late" 'waitForCopies<L::STAGES - 2>();' 'waitForCopies<L::STAGES - 1>();'
  attention_bf16_64_64 attention_bf16.cuh "fragments of a pair exchanged" 'uint32_t first[2] = {b[0], b[1]};' 'uint32_t first[2] = {b[1], b[0]};'
  attention_bf16_64_64 attention_bf16.cuh "a state that is a step late" 'chunk.rows - 1 - row : row + 1;' 'chunk.rows - 1 - row : row;'
  attention_bf16_64_64 attention_bf16.cuh "a document that sees the one before" 'REVERSE ? row >= chunk.last : chunk.start(row) < 0;' 'true;'
)
[ "$few" = few ] || mutants+=("${more[@]}")

for kernel in "${files[@]}"; do
  link "$work/check" "$(program_of "$kernel")" "$work/$kernel.o"
  outcome=$(judge "$work/check" "$kernel")
  [ "$outcome" = survived ] || { echo "$kernel without a flaw: $outcome"; exit 1; }
done
count=0
for ((i = 0; i < ${#mutants[@]}; i += 5)); do
  count=$((count + 1))
  mutant $count "${mutants[@]:i:5}" &
  if (($(jobs -rp | wc -l) >= $(nproc))); then wait -n || true; fi # what did not compile is counted below
done
wait
caught=$(find "$work" -name caught | wc -l)
echo "$caught of $count caught"
[ "$caught" = "$count" ]
