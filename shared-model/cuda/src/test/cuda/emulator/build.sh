#!/usr/bin/env bash
# build.sh OUTPUT SOURCE...: the kernels of CUDA sources as a library that runs them on the CPU, or as a program if OUTPUT
# does not end in .so and a source has a main. A source can be such a library, built before.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/flags.sh"
output=$1
shift
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
pids=()
link=()
for source in "$@"; do
  if [[ $source == *.so ]]; then
    link+=("$(realpath "$source")" "-Wl,-rpath,$(dirname "$(realpath "$source")")")
  else
    compile "$source" "$objects/$(basename "$source").o" &
    pids+=($!)
  fi
done
if [ ${#link[@]} = 0 ]; then compile_emulator "$objects/emulator.o"; fi
for pid in "${pids[@]}"; do wait "$pid"; done
if [[ $output == *.so ]]; then link+=(-shared); fi
"${CXX:-g++}" -pthread -o "$output" "$objects"/*.o "${link[@]}"
