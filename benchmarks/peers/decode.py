"""Decodes one sequence with the platform and with llama.cpp, a few steps each in turn, and writes the report."""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from turns import Participant, best_and_median, java, machine

PAIRS = [("bf16", "bf16"), ("int8", "q8_0")]
STEPS = {"bf16": 12, "int8": 20}
WARM_STEPS = 150
BATCHES = (1, 2, 3, 4, 6, 8)


def participants(peers, threads, pin):
    ours = java("ours", threads, pin, "tnl1-385m", peers / "decode" / "tnl1-385m", 0)
    script = str(Path(__file__).resolve().parent / "llama_cpp_decode.py")
    theirs = {
        kind: Participant(kind, [sys.executable, script, kind, str(peers / "decode"), str(threads)]) for _, kind in PAIRS
    }
    return ours, theirs


def rounds(ours, theirs, seconds):
    """Lists of microseconds and, taken between them, of the memory's GB/s."""
    times = {name: [] for pair in PAIRS for name in (f"ours {pair[0]}", f"llama.cpp {pair[1]}")}
    probes = []
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end or number < 3:
        for mine, peer in PAIRS:
            probes += ours.ask("probe 3")
            turns = [
                (f"ours {mine}", lambda mine=mine: ours.ask(f"decode {mine} 1 {STEPS[mine]}")),
                (f"llama.cpp {peer}", lambda mine=mine, peer=peer: theirs[peer].ask(f"decode {STEPS[mine]}")),
            ]
            for name, turn in turns if number % 2 == 0 else reversed(turns):
                times[name] += turn()
            probes += ours.ask("probe 3")
        number += 1
    return {"times": times, "probes": probes, "rounds": number}


def busy(ours, theirs, seconds):
    spinner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(1)
        return rounds(ours, theirs, seconds)
    finally:
        spinner.kill()
        spinner.wait()


def batches(ours, repetitions=4):
    times = {}
    for _ in range(repetitions):
        for mine, _ in PAIRS:
            for batch in BATCHES:
                times.setdefault(f"{mine} {batch}", []).extend(ours.ask(f"decode {mine} {batch} 8"))
    return times


def report(result):
    quiet, loaded, size = result["quiet"], result["busy"], result["bytes"]
    yield "# Decoding one sequence on the CPU, beside llama.cpp\n"
    yield f"`./tnl bench decode` on {result['date']}: {result['machine']}; {result['threads']} threads"
    yield f"({'pinned' if result['pin'] else 'not pinned'}), {result['rounds']} rounds in turns. Ours: TransNormerLLM 385M"
    yield "(398,983,168 weights). llama.cpp (llama-cpp-python, built here with its native instructions): a LLaMA of the same"
    yield f"shape (373,876,736). Random weights, {result['java']}. Memory reads at"
    yield f"{max(quiet['probes']):.1f} GB/s at best, {statistics.median(quiet['probes']):.1f} in the median, measured between the turns.\n"
    yield "| | bytes of weights | ms a token, best | median | GB/s of weights, best | median | of the memory's best |"
    yield "|---|---|---|---|---|---|---|"
    for name, times in quiet["times"].items():
        best, median = best_and_median(times)
        rate = size[name] / best / 1e3
        yield (
            f"| {name} | {size[name]:,} | {best / 1e3:.2f} | {median / 1e3:.2f} | {rate:.1f} | {size[name] / median / 1e3:.1f}"
            f" | {100 * rate / max(quiet['probes']):.0f} % |"
        )
    yield "\n| ratio of weight bytes per second, ours to llama.cpp's | best | median | tokens per second, best | median |"
    yield "|---|---|---|---|---|"
    for mine, peer in PAIRS:
        a, b = f"ours {mine}", f"llama.cpp {peer}"
        (best, median), (peer_best, peer_median) = best_and_median(quiet["times"][a]), best_and_median(quiet["times"][b])
        share = size[a] / size[b]
        yield (
            f"| {mine} to {peer} | **{share * peer_best / best:.2f}** | **{share * peer_median / median:.2f}**"
            f" | {peer_best / best:.2f} | {peer_median / median:.2f} |"
        )
    yield "\nWith one other process that never sleeps; three threads on two processors are 1.5 times as slow in proportion:\n"
    yield "| | ms a token, median | mean | slower than alone, median | mean |"
    yield "|---|---|---|---|---|"
    for name, times in loaded["times"].items():
        alone = quiet["times"][name]
        mean = statistics.mean(times)
        yield (
            f"| {name} | {statistics.median(times) / 1e3:.2f} | {mean / 1e3:.2f}"
            f" | {statistics.median(times) / statistics.median(alone):.2f} | {mean / statistics.mean(alone):.2f} |"
        )
    if result["batches"]:
        yield "\nSeveral sequences in a step, ours, best:\n"
        yield "| sequences | " + " | ".join(f"{mine}, ms a step | tokens/s" for mine, _ in PAIRS) + " |"
        yield "|---|" + "---|---|" * len(PAIRS)
        for batch in BATCHES:
            best = [min(result["batches"][f"{mine} {batch}"]) for mine, _ in PAIRS]
            yield f"| {batch} | " + " | ".join(f"{t / 1e3:.2f} | {batch / t * 1e6:.0f}" for t in best) + " |"
    yield f"\nA step leaves {result['garbage']:,.0f} bytes of small objects for the collector."


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--unpinned", action="store_true", help="our threads go where the system puts them")
    parser.add_argument("--seconds", type=float, default=90, help="of the rounds alone; half as many beside other work")
    parser.add_argument("--batches", action="store_true", help="measures batches too")
    parser.add_argument("peers", type=Path)
    parser.add_argument("report", type=Path)
    arguments = parser.parse_args()
    pin = not arguments.unpinned
    ours, theirs = participants(arguments.peers, arguments.threads, "true" if pin else "false")
    size = {}
    for mine, peer in PAIRS:
        size[f"ours {mine}"] = int(ours.ask(f"weights {mine}")[0])
        size[f"llama.cpp {peer}"] = int(theirs[peer].ask("weights")[0])
        ours.ask(f"decode {mine} 1 {WARM_STEPS}")
        theirs[peer].ask("decode 5")
    result = {
        "date": str(datetime.date.today()),
        "machine": machine(),
        "threads": arguments.threads,
        "pin": pin,
        "java": subprocess.run([os.environ["JAVA_HOME"] + "/bin/java", "-version"], capture_output=True, text=True).stderr.splitlines()[1],
        "bytes": size,
        "quiet": rounds(ours, theirs, arguments.seconds),
        "busy": busy(ours, theirs, arguments.seconds / 2),
        "batches": batches(ours) if arguments.batches else {},
        "garbage": ours.ask("garbage bf16 20")[0],
    }
    result["rounds"] = result["quiet"]["rounds"]
    for participant in (ours, *theirs.values()):
        participant.end()
    text = "\n".join(report(result)) + "\n"
    arguments.report.parent.mkdir(parents=True, exist_ok=True)
    arguments.report.write_text(text)
    (arguments.peers / "decode.json").write_text(json.dumps(result))
    print(text)


main()
