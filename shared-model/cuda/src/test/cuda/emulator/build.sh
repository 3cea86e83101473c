#!/usr/bin/env bash
# build.sh OUTPUT SOURCE...: the kernels of CUDA sources as a library that runs them on the CPU, or as a program if OUTPUT
# does not end in .so and a source has a main. CXX names the compiler.
# Array bounds and alignment are checked by the compiler's traps, memory bounds by the emulator.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$1
shift
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags=(-std=c++20 -O2 -g1 -fPIC -fvisibility=hidden -DTNL_EMULATED -Wall -Wno-unknown-pragmas -Wno-unused-function -Wno-sign-compare
  -fsanitize=bounds,alignment,integer-divide-by-zero -fsanitize-undefined-trap-on-error
  -I"$here" -I"$here/../../../main/cuda" ${TNL_CXXFLAGS:-})
pids=()
for source in "$@"; do
  "${CXX:-g++}" "${flags[@]}" -x c++ -c "$source" -o "$objects/$(basename "$source").o" &
  pids+=($!)
done
"${CXX:-g++}" "${flags[@]}" -fvisibility=default -c "$here/emulator.cpp" -o "$objects/emulator.o"
for pid in "${pids[@]}"; do wait "$pid"; done
link=()
if [[ $output == *.so ]]; then link=(-shared); fi
"${CXX:-g++}" "${link[@]}" -pthread -o "$output" "$objects"/*.o
