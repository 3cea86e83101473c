#!/usr/bin/env bash
# Decoding one sequence beside llama.cpp, in turns: bf16 and int8 weights, quiet and beside other work. Options: see peers/decode.py --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. benchmarks/peers/decode-setup.sh
exec "$peers/llama-cpp/bin/python" benchmarks/peers/decode.py "$@" "$peers" docs/benchmarks/decode.md
