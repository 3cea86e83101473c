# For decode.sh and prefill.sh: compiles the platform's side; for decode.sh builds the peer, with this machine's instructions.
peers=$PWD/.tnl/peers
mkdir -p docs/benchmarks "$peers/decode"
if [ "$(basename "$0")" = decode.sh ] && ! cmp -s benchmarks/peers/requirements-decode.txt "$peers/llama-cpp/installed.txt"; then
  python3 -m venv "$peers/llama-cpp"
  CMAKE_ARGS="-DGGML_NATIVE=ON" "$peers/llama-cpp/bin/pip" install -q -r benchmarks/peers/requirements-decode.txt
  cp benchmarks/peers/requirements-decode.txt "$peers/llama-cpp/installed.txt"
fi
libraries=${TNL_CLASSPATH-$PWD/standalone/target/app/lib/*}
"$JAVA_HOME/bin/javac" -nowarn -proc:none --add-modules jdk.incubator.vector -cp "$libraries" -d "$peers/decode" benchmarks/Decode.java
export TNL_CLASSPATH="$libraries:$peers/decode"
