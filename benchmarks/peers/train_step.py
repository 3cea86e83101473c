"""Trains the same model with the platform and with PyTorch, a step each in turn, and writes the report.

All processes stay alive and take turns, so that whatever else the machine does meets all of them alike.
"""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = dict(vocab=8192, width=512, layers=8, heads=4, glu=1536, sequences=8, length=512)
CHUNK = 64
WARM_STEPS = 2
PARTICIPANTS = "ours,unlocked-compile,unlocked,shipped-compile,shipped"


class Participant:
    def __init__(self, name, command, environment=None):
        self.name = name
        self.steps, self.processor, self.sgemm, self.memory = [], [], [], ()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
        )
        self.what = self.answer()
        if not self.what.startswith("ready "):
            raise SystemExit(f"{name} did not start: {self.what}")

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} has ended")
        return line.strip()

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.answer().split()

    def step(self):
        seconds, processor, _ = self.ask("step")
        self.steps.append(float(seconds))
        self.processor.append(float(processor))

    def end(self):
        self.memory = tuple(int(n) for n in self.ask("memory"))
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait()


def flops_per_token():
    """Of products alone: 6 per weight of a product, and linear attention's own by chunks, forward and backward."""
    d, e = SIZES["width"], SIZES["width"] // SIZES["heads"]
    weights = SIZES["vocab"] * d + SIZES["layers"] * (5 * d * d + 3 * d * SIZES["glu"])
    forward = 2 * 2 * CHUNK * e + 2 * 2 * e * e
    backward = 5 * 2 * CHUNK * e + 4 * 2 * e * e
    return 6 * weights + SIZES["layers"] * SIZES["heads"] * (forward + backward)


def java(threads, device):
    java_home, classpath = os.environ["JAVA_HOME"], os.environ["TNL_CLASSPATH"]
    flags = "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx256m".split()
    sizes = [str(SIZES[key]) for key in ("vocab", "width", "layers", "heads", "glu", "sequences", "length")]
    return [f"{java_home}/bin/java", *flags, "-cp", classpath, "TrainStep", device, str(threads), *sizes]


def torch(threads, options):
    sizes = [f"--{key}={value}" for key, value in SIZES.items()]
    command = [sys.executable, str(HERE / "torch_step.py"), f"--threads={threads}", f"--chunk={CHUNK}", *sizes]
    return command + [f"--{option}" for option in ("compile", "bf16") if option in options]


def participants(threads, names):
    """Ours and the peers by name, as PARTICIPANTS has them."""
    for name in names:
        who, *options = name.split("-")
        environment = {"OMP_PROC_BIND": "true"}
        if who == "ours":
            yield Participant(name, java(threads, "cpu-bf16" if "bf16" in options else "cpu"))
            continue
        if who == "unlocked":
            environment["LD_PRELOAD"] = os.environ["MKL_UNLOCK"]
        yield Participant("PyTorch " + ", ".join([who, *options]), torch(threads, options), environment)


def measure(everyone, seconds):
    for who in everyone:
        for _ in range(WARM_STEPS):
            who.ask("step")
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end or number < 2:
        for who in everyone if number % 2 == 0 else reversed(everyone):
            who.step()
        if number % 2 == 0:
            for who in everyone:
                who.sgemm.append(float(who.ask("sgemm")[0]))
        number += 1
        print(" ".join(f"{who.name} {who.steps[-1]:.2f} s;" for who in everyone), file=sys.stderr, flush=True)
    for who in everyone:
        who.end()


def processor():
    with open("/proc/cpuinfo") as info:
        lines = dict(line.split(":", 1) for line in info if ":" in line)
    return {key.strip(): value.strip() for key, value in lines.items()}


def mixed(who):
    return "bf16" in who.name


def of_ours(everyone, who):
    """Ours in the same arithmetic."""
    return next(other for other in everyone if other.name.startswith("ours") and mixed(other) == mixed(who))


def report(everyone, threads):
    tokens = SIZES["sequences"] * SIZES["length"]
    flops = flops_per_token() * tokens
    ours = everyone[0]
    ceiling = max(max(who.sgemm) for who in everyone if not mixed(who))
    cpu = processor()
    wide = "AVX-512" if "avx512f" in cpu["flags"] else "AVX2" if "avx2" in cpu["flags"] else "no AVX2"
    yield "# A training step on the CPU, beside PyTorch\n"
    yield f"`./tnl bench train-step` on {datetime.date.today()}: {cpu['model name']} (family {cpu['cpu family']} model"
    yield f"{cpu['model']}, {wide}), {threads} threads of {os.cpu_count()} processors, Linux {platform.release()}."
    yield "Model: " + ", ".join(f"{key} {value}" for key, value in SIZES.items()) + ", AdamW, clipped at 1. fp32; bf16"
    yield "means products in bf16 (PyTorch: autocast) beside fp32 weights, and is compared with bf16."
    yield f"{len(ours.steps)} rounds; in each, everyone did one step, in alternating order, all in one run. Load average at the end:"
    yield f"{os.getloadavg()[0]:.1f}.\n"
    yield "| | tokens/s best | median | ours / theirs best | median | processor s a step, best | GFLOP/s best | of the run's best sgemm | own best product |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for who in everyone:
        best, median, same = min(who.steps), statistics.median(who.steps), of_ours(everyone, who).steps
        yield (
            f"| {who.name} | {tokens / best:.0f} | {tokens / median:.0f} | {best / min(same):.2f} "
            f"| {median / statistics.median(same):.2f} | {min(who.processor):.2f} | {flops / best * 1e-9:.0f} "
            f"| {100 * flops / best * 1e-9 / ceiling:.0f} % | {max(who.sgemm):.0f} |"
        )
    yield f"\nA step counts {flops * 1e-9:.1f} GFLOP: 6 a token for each weight of a product (the tied table once, as the head), and"
    yield f"attention's products by chunks of {CHUNK}, 4 forward and 9 backward. Nothing else counts. Products: two square-like ones"
    yield "and the step's largest, best of a few calls, taken between the steps; sgemm is the best of them in fp32.\n"
    yield "| resident memory | MiB |"
    yield "|---|---|"
    for who in everyone:
        yield f"| {who.name}, at most during a step | {who.memory[0] / 2**20:.0f} |"
    most, base, planned = ours.memory
    yield f"| ours, the same process before the model was made (it had trained a small one) | {base / 2**20:.0f} |"
    yield f"| ours, at most, less that | {(most - base) / 2**20:.0f} |"
    yield f"| ours, as planned before the first step | {planned / 2**20:.0f} |"
    peers = [who for who in everyone if not who.name.startswith("ours")]
    shares = (f"{100 * of_ours(everyone, who).memory[0] / who.memory[0]:.0f} % of {who.name}'s" for who in peers)
    yield f"\nOur memory is {', '.join(shares)}."
    yield f"Ours less its base is {100 * ((most - base) / planned - 1):+.1f} % off the plan.\n"
    for who in everyone:
        yield f"* {who.name}: {who.what.removeprefix('ready ')}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument(
        "--participants",
        default=PARTICIPANTS,
        help="ours first; ours-bf16 and e.g. shipped-compile-bf16 compute in mixed precision (%(default)s)",
    )
    parser.add_argument("report", type=Path)
    o = parser.parse_args()
    everyone = list(participants(o.threads, o.participants.split(",")))
    measure(everyone, o.seconds)
    text = "\n".join(report(everyone, o.threads)) + "\n"
    o.report.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
