"""Attention of other libraries on the card of this machine, at the shapes of cuda-attention: JSON lines.

Needs PyTorch and Triton; fla (fla-core 0.6.0) and lightning-attn 0.0.5 where they can be imported. bf16, causal, 4 x 32
heads of 128 unless said. Times are medians by CUDA events of forward alone, and of backward alone through autograd.
"""

import json
import os
import sys

import torch
from triton.testing import do_bench

BATCH, HEADS, WIDTH = 4, 32, 128


def report(**row):
    print(json.dumps(row), flush=True)


def median(run):
    return do_bench(run, warmup=10, rep=60, return_mode="median")


def measure(name, n, function, inputs):
    """Forward and backward of function(*inputs), milliseconds, and the memory that each adds."""
    try:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        with torch.no_grad():
            function(*inputs)
        forward_mb = (torch.cuda.max_memory_allocated() - before) / 1e6
        with torch.no_grad():
            forward = median(lambda: function(*inputs))
        leaves = [x.detach().requires_grad_() for x in inputs]
        out = function(*leaves)
        gradient = torch.randn_like(out)
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        torch.autograd.grad(out, leaves, gradient, retain_graph=True)
        backward_mb = (torch.cuda.max_memory_allocated() - before) / 1e6
        backward = median(lambda: torch.autograd.grad(out, leaves, gradient, retain_graph=True))
        report(what=name, n=n, forward_ms=round(forward, 4), backward_ms=round(backward, 4),
               extra_forward_mb=round(forward_mb), extra_backward_mb=round(backward_mb))
    except Exception as e:  # a peer that fails is said, not hidden
        report(what=name, n=n, failed=f"{type(e).__name__}: {e}"[:200])


def softmax(backend):
    from torch.nn.attention import SDPBackend, sdpa_kernel

    def run(q, k, v):
        with sdpa_kernel(getattr(SDPBackend, backend)):
            return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)

    return run


def main():
    torch.manual_seed(0)
    lengths = [int(x) for x in sys.argv[1:]] or [512, 1024, 2048, 4096, 8192, 16384]
    slopes = torch.tensor([2 ** (-8 * (h + 1) / HEADS) for h in range(HEADS)], device="cuda")
    x = torch.randn(1 << 31, dtype=torch.bfloat16, device="cuda")
    y = torch.empty_like(x)
    report(what="copy", device=torch.cuda.get_device_name(), gb_s=round(2 * x.nbytes / median(lambda: y.copy_(x)) / 1e6))
    del x, y
    try:
        from fla.ops.simple_gla import chunk_simple_gla
    except Exception as e:
        chunk_simple_gla = None
        report(what="fla", failed=f"{type(e).__name__}: {e}"[:200])
    try:
        from lightning_attn.ops import lightning_attn_func
    except Exception as e:
        lightning_attn_func = None
        report(what="la2", failed=f"{type(e).__name__}: {e}"[:200])
    slow = os.environ.get("SLOW_PEERS", "1") == "1"
    for n in lengths:
        by_head = [torch.randn(BATCH, HEADS, n, WIDTH, dtype=torch.bfloat16, device="cuda") for _ in range(3)]
        if n <= 16384 and slow:
            measure("sdpa flash", n, softmax("FLASH_ATTENTION"), by_head)
        if n <= 16384:
            measure("sdpa cudnn", n, softmax("CUDNN_ATTENTION"), by_head)
        if lightning_attn_func is not None and n <= 16384 and slow:
            measure("la2", n, lambda q, k, v: lightning_attn_func(q, k, v, slopes), by_head)
        if chunk_simple_gla is not None:
            by_row = [x.transpose(1, 2).contiguous() for x in by_head]
            measure("fla chunk", n, lambda q, k, v: chunk_simple_gla(q, k, v, g_gamma=-slopes, scale=1.0)[0], by_row)


main()
