#!/usr/bin/env bash
# cuda-pack.sh FOLDER [TOKENS]: what a GPU machine without Java needs, in one folder under 55 MB: a small Java runtime, jars,
# kernels, and a token set where one is given. There: FOLDER/bench REPORT.json [SECTION...] measures the CUDA backend,
# beside PyTorch where python3 or $PYTHON has it, FOLDER/model is `tnl model`, and cuda-run.sh beside this trains with it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:?usage: cuda-pack.sh FOLDER [TOKENS]}
tokens=${2-}
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25, or run this as ./tnl bench cuda-pack}/bin
app=$root/shared-model/cli/target/app/lib

[ -d "$app" ] || { echo "build first: ./tnl build" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out/lib"
# Not among them: what reads compressed texts, and native libraries of the processor's.
cp "$app"/{shared-model,jackson,slf4j,jspecify,picocli,jcuda}-*.jar "$out/lib/"
# Of JCuda's natives only the driver's is used; the others are 24 MB.
natives=$(basename "$out"/lib/jcuda-natives-*.jar)
(cd "$out/lib" && "$java/jar" xf "$natives" && rm -rf "$natives" META-INF && find lib -name '*.so' ! -name '*Driver*' -delete &&
  "$java/jar" cf jcuda-natives.jar lib && rm -rf lib)
"$java/jlink" --add-modules java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported \
  --strip-debug --no-header-files --no-man-pages --compress zip-0 --output "$out/runtime" 2>/dev/null
tar -C "$out" -czf "$out/runtime.tar.gz" runtime
rm -rf "$out/runtime"
mkdir "$out/peers"
cp "$root"/benchmarks/peers/{cuda_attention,cuda_tnl,torch_tnl}.py "$out/peers/"
if [ -n "$tokens" ]; then cp -r "$tokens" "$out/tokens"; fi

# command NAME CLASS WHAT
command() {
  cat >"$out/$1" <<RUN
#!/usr/bin/env bash
# $3; CUDA_LIB_DIRS names folders with cuBLAS.
set -euo pipefail
here=\$(cd "\$(dirname "\${BASH_SOURCE[0]}")" && pwd)
[ -d "\$here/runtime" ] || tar -C "\$here" -xzf "\$here/runtime.tar.gz"
exec "\$here/runtime/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx24g \\
  -Dtnl.bench.peers="\$here/peers" \\
  -cp "\$here/lib/*" $2 "\$@"
RUN
  chmod +x "$out/$1"
}
command bench org.transnormer.model.backend.cuda.CudaBench "bench REPORT.json [SECTION...]: measures the CUDA backend of this machine"
command model org.transnormer.model.cli.ModelCommand "model COMMAND...: trains, generates and measures, on the GPU of this machine"
bytes=$(du -sb "$out" | cut -f 1)
printf '%s: %d bytes\n' "$out" "$bytes"
[ "$bytes" -lt 55000000 ] || { echo "that is more than 55 MB" >&2; exit 1; }
