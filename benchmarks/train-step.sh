#!/usr/bin/env bash
# A training step beside PyTorch's, in turns: speed, share of the sgemm limit, memory. Options: see train_step.py --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
peers=$PWD/.tnl/peers
report=docs/benchmarks/train-step.md
mkdir -p docs/benchmarks "$peers/train-step"

if ! cmp -s benchmarks/peers/requirements-torch.txt "$peers/torch/installed.txt"; then
  python3 -m venv "$peers/torch"
  "$peers/torch/bin/pip" install -q -r benchmarks/peers/requirements-torch.txt
  cp benchmarks/peers/requirements-torch.txt "$peers/torch/installed.txt"
fi
# PyTorch compiles with the system's C++ compiler, so there is one.
cc -shared -fPIC -o "$peers/unlock_mkl.so" benchmarks/peers/unlock_mkl.c
export MKL_UNLOCK=$peers/unlock_mkl.so

libraries=${TNL_CLASSPATH-standalone/target/app/lib/*}
"$JAVA_HOME/bin/javac" -nowarn -proc:none --add-modules jdk.incubator.vector -cp "$libraries" -d "$peers/train-step" \
  benchmarks/TrainStep.java benchmarks/OperationTimes.java
export TNL_CLASSPATH="$libraries:$peers/train-step"
exec "$peers/torch/bin/python" benchmarks/peers/train_step.py "$@" "$report"
