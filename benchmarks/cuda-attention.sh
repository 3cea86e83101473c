#!/usr/bin/env bash
# Lightning Attention's kernels on this machine's GPU: checked, then timed beside PyTorch's and Triton's where Python has them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v "${NVCC:-nvcc}" >/dev/null || { echo "bench: no nvcc found; set NVCC" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tests=shared-model/cuda/src/test/cuda
kernels=(shared-model/cuda/src/main/cuda/attention*.cu)
"$tests/card.sh" "$work/bench" "$tests/attention_bench.cu" "${kernels[@]}"
TNL_ARCH=90 "$tests/card.sh" "$work/portable" "$tests/attention_check.cu" "${kernels[@]}"
"$work/portable" 1 >"$work/checked" || { cat "$work/checked"; exit 1; }
touch "$work/peers"
"$work/bench" | tee "$work/ours"
if "${PYTHON:-python3}" -c 'import torch, triton' 2>/dev/null; then
  "${PYTHON:-python3}" benchmarks/peers/cuda_attention.py | tee "$work/peers"
fi
mkdir -p docs/benchmarks
{ printf '[\n'; cat "$work"/ours "$work"/peers | grep '^{' | sed '$!s/$/,/'; printf ']\n'; } >docs/benchmarks/cuda-attention.json
