#!/usr/bin/env bash
# card.sh OUTPUT SOURCE...: a program of kernels and their test for the card of this machine, built by nvcc.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$1
shift
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
arch=${TNL_ARCH:-90a}
target=(-gencode "arch=compute_$arch,code=sm_$arch")
flags=(-std=c++20 -O3 "${target[@]}" -lineinfo -DTNL_CARD -include "$here/device_memory.h"
  -I"$here" -I"$here/../../main/cuda" ${TNL_NVCCFLAGS:-})
pids=()
for source in "$@"; do
  "${NVCC:-nvcc}" "${flags[@]}" -c "$source" -o "$objects/$(basename "$source").o" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
"${NVCC:-nvcc}" "${target[@]}" -o "$output" "$objects"/*.o
