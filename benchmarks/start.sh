#!/usr/bin/env bash
# Time until the platform answers: first start, later starts, with and without the AOT cache.
# Beside each other in one run, interleaved: plain and cached alternate, so that both see the same machine.
# The floor is a JVM with the same flags that only prints its version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-5}
app=standalone/target/app
report=docs/benchmarks/start.md
mkdir -p docs/benchmarks
[ -f "$app/tnl.aot" ] || { echo "bench start: no AOT cache in $app; run ./tnl build" >&2; exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
flags=(--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -XX:+UseSerialGC -Xmx1200m)
cached=(-XX:AOTCache="$app/tnl.aot" -Xlog:aot=off -Xlog:cds=off)

seconds() { # COMMAND...: wall-clock seconds until the command has ended
  local began ended
  began=$(date +%s.%N)
  "$@" >"$scratch/out" 2>&1
  ended=$(date +%s.%N)
  awk -v b="$began" -v e="$ended" 'BEGIN { printf "%.2f", e - b }'
}
ready() { # DATA [JVM FLAG...]: seconds that the platform itself reports, from process start to every service ready
  local data=$1
  shift
  "$JAVA_HOME/bin/java" "${flags[@]}" "$@" -cp "$app/lib/*" org.transnormer.standalone.Tnl up --data "$data" --port 0 --once 2>/dev/null |
    sed -n 's/^The platform is up after \([0-9.]*\) s.*/\1/p'
}
summary() { sort -n | awk '{ v[NR] = $1 } END { printf "%.1f | %.1f", v[1], (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }

for round in $(seq "$rounds"); do
  seconds "$JAVA_HOME/bin/java" "${flags[@]}" -version >>"$scratch/floor"; echo >>"$scratch/floor"
  ready "$scratch/plain-$round" >>"$scratch/first-plain"
  ready "$scratch/cached-$round" "${cached[@]}" >>"$scratch/first-cached"
  ready "$scratch/plain-$round" >>"$scratch/later-plain"
  ready "$scratch/cached-$round" "${cached[@]}" >>"$scratch/later-cached"
  rm -rf "$scratch/plain-$round" "$scratch/cached-$round"
  printf 'round %s of %s\n' "$round" "$rounds" >&2
done

{
  printf '# How long the platform takes to start\n\n'
  printf '`./tnl bench start %s` on %s, %s cores, %s. Seconds from the start of the process until PostgreSQL, Kafka and every\n' "$rounds" "$(date -u +%F)" "$(nproc)" "$("$JAVA_HOME/bin/java" -version 2>&1 | sed -n '2s/^ *//p')"
  printf 'service are ready. "First" begins with an empty data folder (initdb, migrations, topics). Rounds are interleaved.\n\n'
  printf '| | best | median |\n|---|---|---|\n'
  printf '| a JVM that prints its version | %s |\n' "$(summary <"$scratch/floor")"
  printf '| first start, plain | %s |\n' "$(summary <"$scratch/first-plain")"
  printf '| first start, AOT cache | %s |\n' "$(summary <"$scratch/first-cached")"
  printf '| later start, plain | %s |\n' "$(summary <"$scratch/later-plain")"
  printf '| later start, AOT cache | %s |\n' "$(summary <"$scratch/later-cached")"
  printf '\nLoad average at the end: %s. The promise: a first start within 45 s, later ones within 20 s, on 2 cores.\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
} >"$report"
cat "$report"
