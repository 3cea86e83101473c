#!/usr/bin/env bash
# build.sh OUTPUT SOURCE...: the kernels of CUDA sources as a library that runs them on the CPU, or as a program if OUTPUT
# does not end in .so and a source has a main.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/flags.sh"
output=$1
shift
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
pids=()
for source in "$@"; do
  compile "$source" "$objects/$(basename "$source").o" &
  pids+=($!)
done
compile_emulator "$objects/emulator.o"
for pid in "${pids[@]}"; do wait "$pid"; done
link=()
if [[ $output == *.so ]]; then link=(-shared); fi
"${CXX:-g++}" "${link[@]}" -pthread -o "$output" "$objects"/*.o
