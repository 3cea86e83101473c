#!/usr/bin/env bash
# Reading a long prompt: is twice the length twice the time? Options: see peers/prefill.py --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. benchmarks/peers/decode-setup.sh
exec python3 benchmarks/peers/prefill.py "$@" "$peers" docs/benchmarks/prefill.md
