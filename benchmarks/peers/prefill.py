"""Reads a long text with the platform and writes how the time grows with it, in the text and in the decoding behind it."""

import argparse
import datetime
import statistics
from pathlib import Path

from turns import best_and_median, java, machine

STRETCH = 2048
SHORT, LONG = 8192, 16384
NEAR = 100
STEPS = 20


def read(ours, storage, length):
    """Seconds of each stretch of one text."""
    return [ours.ask(f"prefill {storage} {at} {min(length, at + STRETCH)}")[0] for at in range(0, length, STRETCH)]


def positions(ours, storage, far, repetitions):
    """Microseconds of steps at position NEAR and far away, in turns; the far text is read once and copied."""
    near, distant = [], []
    for at in range(0, far, STRETCH):
        ours.ask(f"prefill {storage} {at} {min(far, at + STRETCH)}")
    for _ in range(repetitions):
        distant += ours.ask(f"far {storage} {STEPS}")
        ours.ask(f"decode {storage} 1 1")
        near += ours.ask(f"decode {storage} 1 {STEPS}")
    return near, distant


def report(result):
    yield "# Reading a prompt, and decoding far behind it\n"
    yield f"`./tnl bench prefill` on {result['date']}: {result['machine']}; {result['threads']} threads, {result['size']}"
    yield f"({result['parameters']}), weights kept as {result['storage']}. A large product runs at {result['sgemm']:.0f} GFLOP/s.\n"
    if result["stretches"]:
        yield f"Seconds for the first 8,192 tokens and for 16,384, each the best of {len(result['stretches'])} readings stretch by stretch:\n"
        stretches = [min(reading[i] for reading in result["stretches"]) for i in range(LONG // STRETCH)]
        short, long = sum(stretches[: SHORT // STRETCH]), sum(stretches)
        yield "| 8,192 tokens | tokens/s | 16,384 tokens | tokens/s | ratio |"
        yield "|---|---|---|---|---|"
        yield f"| {short:.1f} s | {SHORT / short:.0f} | {long:.1f} s | {LONG / long:.0f} | **{long / short:.3f}** |\n"
        yield f"Each {STRETCH:,} tokens, in order: " + ", ".join(f"{seconds:.2f}" for seconds in stretches) + " s.\n"
    if result["near"]:
        near, distant = best_and_median(result["near"]), best_and_median(result["far"])
        yield f"Decoding one sequence behind a text of {result['distance']:,} tokens ({result['far_size']}), in turns:\n"
        yield f"| | near the beginning | at {result['distance']:,} | ratio |"
        yield "|---|---|---|---|"
        for i, name in enumerate(("best", "median")):
            yield f"| ms a token, {name} | {near[i] / 1e3:.3f} | {distant[i] / 1e3:.3f} | **{distant[i] / near[i]:.3f}** |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--storage", default="bf16", choices=["f32", "bf16", "int8"])
    parser.add_argument("--size", default="tnl1-385m", help="a named size")
    parser.add_argument("--readings", type=int, default=1, help="of the text of 16,384 tokens")
    parser.add_argument("--far", type=int, default=100_000, help="position to decode at; 0 leaves it out")
    parser.add_argument("--far-layers", type=int, default=4, help="layers of the model that reads that far")
    parser.add_argument("peers", type=Path)
    parser.add_argument("report", type=Path)
    arguments = parser.parse_args()
    folder = arguments.peers / "decode"
    result = {
        "date": str(datetime.date.today()),
        "machine": machine(),
        "threads": arguments.threads,
        "size": arguments.size,
        "storage": arguments.storage,
        "stretches": [],
        "near": [],
        "far": [],
        "distance": arguments.far,
        "far_size": f"{arguments.far_layers} layers of {arguments.size}",
    }
    ours = java("ours", arguments.threads, "true", arguments.size, folder / arguments.size, 0)
    result["parameters"] = ours.about.removeprefix("ready ")
    result["sgemm"] = ours.ask("sgemm")[0]
    ours.ask(f"prefill {arguments.storage} 0 1024")
    for _ in range(arguments.readings):
        result["stretches"].append(read(ours, arguments.storage, LONG))
    ours.end()
    if arguments.far:
        name = f"{arguments.size}-{arguments.far_layers}"
        ours = java("ours", arguments.threads, "true", arguments.size, folder / name, arguments.far_layers)
        ours.ask(f"prefill {arguments.storage} 0 {NEAR}")
        result["near"], result["far"] = positions(ours, arguments.storage, arguments.far, 12)
        ours.end()
    text = "\n".join(report(result)) + "\n"
    arguments.report.parent.mkdir(parents=True, exist_ok=True)
    arguments.report.write_text(text)
    print(text)


main()
