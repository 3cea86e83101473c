#!/usr/bin/env bash
# cuda-pack.sh FOLDER: what a GPU machine without Java needs for the bench of the CUDA backend, in one folder under 55 MB:
# a small Java runtime, jars, kernels. There: FOLDER/bench REPORT.json [SECTION...]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:?usage: cuda-pack.sh FOLDER}
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25, or run this as ./tnl bench cuda-pack}/bin
app=$root/standalone/target/app/lib

[ -d "$app" ] || { echo "build first: ./tnl build" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out/lib"
for jar in "$app"/shared-model-core-*.jar "$app"/shared-model-cuda-*.jar "$app"/jackson-{databind,core,annotations}-*.jar \
  "$app"/slf4j-api-*.jar "$app"/jspecify-*.jar "$app"/jcuda-[0-9]*.jar; do
  cp "$jar" "$out/lib/"
done
# Of JCuda's natives only the driver's is used; the others are 24 MB.
(cd "$out/lib" && "$java/jar" xf "$(echo "$app"/jcuda-natives-*.jar)" && rm -rf META-INF && find lib -name '*.so' ! -name '*Driver*' -delete &&
  "$java/jar" cf jcuda-natives.jar lib && rm -rf lib)
"$java/jlink" --add-modules java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported \
  --strip-debug --no-header-files --no-man-pages --compress zip-0 --output "$out/runtime" 2>/dev/null
tar -C "$out" -czf "$out/runtime.tar.gz" runtime
rm -rf "$out/runtime"
cat >"$out/bench" <<'RUN'
#!/usr/bin/env bash
# bench REPORT.json [SECTION...]: measures the CUDA backend of this machine; CUDA_LIB_DIRS names folders with cuBLAS.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -d "$here/runtime" ] || tar -C "$here" -xzf "$here/runtime.tar.gz"
exec "$here/runtime/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx24g \
  -cp "$here/lib/*" org.transnormer.model.backend.cuda.CudaBench "$@"
RUN
chmod +x "$out/bench"
bytes=$(du -sb "$out" | cut -f 1)
printf '%s: %d bytes\n' "$out" "$bytes"
[ "$bytes" -lt 55000000 ] || { echo "that is more than 55 MB" >&2; exit 1; }
