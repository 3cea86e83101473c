"""PyTorch's side of benchmarks/train-step.sh: does on standard input's word what it is told, one line an answer.

step   -> seconds of one training step, processor seconds of all threads, its loss
sgemm  -> GFLOP/s of square and of the step's own products, best of a few calls
memory -> resident bytes at most during a step
"""

import argparse
import sys
import time

import torch

from torch_tnl import Tnl


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--bf16", action="store_true", help="autocast: products in bf16, weights in fp32")
    parser.add_argument("--chunk", type=int, default=64)
    for name in ("vocab", "width", "layers", "heads", "glu", "sequences", "length"):
        parser.add_argument("--" + name, type=int, required=True)
    return parser.parse_args()


def forget_most():
    """Makes the kernel count VmHWM from now on, see proc(5)."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def most_resident():
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmHWM"].split()[0]) * 1024


def sgemm(shapes, calls=3):
    best = 0.0
    for m, n, k in shapes:
        a, b, c = torch.randn(m, k), torch.randn(n, k), torch.empty(m, n)
        for _ in range(calls):
            began = time.perf_counter()
            torch.mm(a, b.t(), out=c)
            best = max(best, 2.0 * m * n * k / (time.perf_counter() - began) * 1e-9)
    return best


def main():
    o = options()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    model = Tnl(o.vocab, o.width, o.layers, o.heads, o.glu, o.chunk)
    loss_of = torch.compile(model) if o.compile else model
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    tokens = torch.randint(0, o.vocab, (o.sequences, o.length + 1))

    def step():
        forget_most()
        began, processor = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=o.bf16):
            loss = loss_of(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        value = loss.item()
        return time.perf_counter() - began, time.process_time() - processor, value

    rows = o.sequences * o.length
    shapes = [(2048, 2048, 512), (1024, 1024, 1024), (rows, 4 * o.width, o.width), (rows, o.vocab, o.width)]
    count = sum(p.numel() for p in parameters)
    print(f"ready PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {count} parameters", flush=True)
    most = 0
    for line in sys.stdin:
        match line.strip():
            case "step":
                print("%.6f %.3f %.5f" % step(), flush=True)
                most = max(most, most_resident())
            case "sgemm":
                print("%.2f" % sgemm(shapes), flush=True)
            case "memory":
                print(most, flush=True)
            case "quit":
                return
            case other:
                raise SystemExit(f"what is '{other}'?")


if __name__ == "__main__":
    main()
