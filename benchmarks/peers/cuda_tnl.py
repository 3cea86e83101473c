"""torch_tnl.py's model on the card of this machine, as JSON lines: whole training steps and steps of decoding.

    cuda_tnl.py WHAT...     WHAT: train:MODEL:SEQUENCESxLENGTH or decode:MODEL, MODEL 385M or 1B

Training: bf16 by autocast over fp32 weights, torch.compile, fused AdamW, gradients clipped to 1. Attention is fla's
simple_gla where fla can be imported, else products over chunks. Decoding: bf16 weights, fp32 states, compiled and
recorded in a CUDA graph, up to the logits. Milliseconds are medians. Without a card: tiny sizes, to see that it runs.
"""

import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

from torch_tnl import Tnl, TokenMixer, srms

CARD = torch.cuda.is_available()
DEVICE = "cuda" if CARD else "cpu"
SIZES = {
    "385M": dict(vocab=64000, width=1024, layers=24, heads=8, glu=2816),
    "1B": dict(vocab=64000, width=2048, layers=16, heads=16, glu=5632),
}
TINY = dict(vocab=97, width=64, layers=3, heads=2, glu=96)
CHUNK = 128 if CARD else 8
WARM_UP, STEPS = (4, 12) if CARD else (1, 2)
BATCHES = (1, 8, 64, 256) if CARD else (1, 3)


def report(**row):
    print(json.dumps(row), flush=True)


def seconds():
    if CARD:
        torch.cuda.synchronize()
    return time.perf_counter()


def by_products(self, q, k, v):
    """As TokenMixer.attention, with the states of all chunks from one product instead of a loop."""
    b, h, t, e = v.shape
    c = self.chunk
    q, k, v = (x.view(b, h, t // c, c, x.shape[-1]) for x in (q, k, v))
    intra = (q @ k.transpose(-1, -2) * self.mask) @ v
    added = (k * self.falling).transpose(-1, -2) @ v
    n = torch.arange(t // c, device=v.device)
    age = (n.view(-1, 1) - n.view(1, -1) - 1).unsqueeze(0)
    carry = torch.where(age >= 0, torch.exp(-self.rate.view(h, 1, 1) * c * age.clamp(min=0)), 0.0)
    states = torch.einsum("hnm,bhmij->bhnij", carry.to(added.dtype), added)
    return (intra + (q * self.rising) @ states).reshape(b, h, t, e)


def with_fla(chunk_simple_gla):
    def attention(self, q, k, v):
        q, k, v = (x.transpose(1, 2).to(torch.bfloat16) for x in (q, k, v))
        return chunk_simple_gla(q, k, v, g_gamma=-self.rate, scale=1.0)[0].transpose(1, 2)

    return attention


def choose_attention():
    try:
        from fla.ops.simple_gla import chunk_simple_gla
    except Exception as e:  # the other form is measured, and said to be
        TokenMixer.attention = by_products
        return f"products over chunks of {CHUNK} (no fla: {type(e).__name__}: {e})"[:200]
    TokenMixer.attention = with_fla(chunk_simple_gla)
    return "fla simple_gla"


def model_of(name):
    torch.manual_seed(1)
    with torch.device(DEVICE):
        return Tnl(**(SIZES[name] if CARD else TINY), chunk=CHUNK)


def train(name, sequences, length, attention):
    began = seconds()
    model = model_of(name)
    loss_of = torch.compile(model) if CARD else model
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    tokens = torch.randint(0, model.embedding.shape[0], (sequences, length + 1), device=DEVICE)
    times, first = [], None
    if CARD:
        torch.cuda.reset_peak_memory_stats()
    for _ in range(WARM_UP + STEPS):
        start = seconds()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(DEVICE, dtype=torch.bfloat16):
            loss = loss_of(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        loss = loss.item()
        times.append(seconds() - start)
        first = first or seconds() - began
    median = statistics.median(times[WARM_UP:])
    report(what="train", model=name, sequences=sequences, length=length, attention=attention,
           parameters=sum(p.numel() for p in parameters), tokens_s=round(sequences * length / median),
           peak_gb=round(torch.cuda.max_memory_allocated() / 1e9, 1) if CARD else None,
           seconds_to_first_step=round(first, 1), loss=round(loss, 3))


class DecodingStep(torch.nn.Module):
    """One position of each of B sequences: logits [B, V]; the states [B, H, e, e] of all layers go on by it, in place."""

    def __init__(self, model, batch, dtype):
        super().__init__()
        self.model, self.dtype = model, dtype
        for parameter, weight in model.named_parameters():
            if "theta" not in parameter:
                weight.data = weight.data.to(dtype)
        mixers = model.layers[0::2]
        self.decays = [torch.exp(-m.rate).view(-1, 1, 1) for m in mixers]
        self.thetas = [m.theta if m.lrpe else None for m in mixers]
        heads = mixers[0].heads
        e = model.embedding.shape[1] // heads
        device = model.embedding.device
        self.states = [torch.zeros(batch, heads, 2 * e if m.lrpe else e, e, device=device) for m in mixers]

    def mix(self, mixer, i, x, position):
        b, d = x.shape
        q, k, v, u = F.linear(srms(x).to(self.dtype), mixer.qkvu).chunk(4, -1)
        q, k, v = (y.view(b, mixer.heads, -1).float() for y in (F.silu(q), F.silu(k), v))
        if mixer.lrpe:
            phase = position * self.thetas[i]
            q, k = (torch.cat((y * phase.cos(), y * phase.sin()), -1) for y in (q, k))
        state = self.states[i]
        state.mul_(self.decays[i]).add_(k.unsqueeze(-1) * v.unsqueeze(-2))
        o = (q.unsqueeze(-1) * state).sum(-2).reshape(b, d)
        return x + F.linear((u * srms(o)).to(self.dtype), mixer.out)

    def forward(self, tokens, position):
        model = self.model
        x = F.embedding(tokens, model.embedding).float() * model.scale
        for i in range(len(self.states)):
            x = self.mix(model.layers[2 * i], i, x, position)
            channels = model.layers[2 * i + 1]
            a, b = F.linear(srms(x).to(self.dtype), channels.w12).chunk(2, -1)
            x = x + F.linear(a * b, channels.w3)
        return F.linear(srms(x).to(self.dtype), model.embedding).float()


@torch.no_grad()
def replayed(step, tokens, position):
    """The step as a recorded graph."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step(tokens, position)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step(tokens, position)
    return graph.replay


@torch.no_grad()
def decode(name):
    model = model_of(name)
    for batch in BATCHES:
        began = seconds()
        step = DecodingStep(model, batch, torch.bfloat16)
        tokens = torch.randint(0, model.embedding.shape[0], (batch,), device=DEVICE)
        position = torch.full((), 100.0, device=DEVICE)
        if CARD:
            torch.compiler.reset()
            run = replayed(torch.compile(step), tokens, position)
        else:
            run = lambda: step(tokens, position)
        run()
        ready = seconds() - began
        times = []
        for _ in range(WARM_UP + STEPS):
            start = seconds()
            for _ in range(10):
                run()
            times.append((seconds() - start) / 10)
        report(what="decode", model=name, batch=batch, ms=round(1e3 * statistics.median(times[WARM_UP:]), 4),
               seconds_to_first_step=round(ready, 1))


@torch.no_grad()
def agree():
    """Decoding token by token gives the loss that the whole sequence has; in fp32, for tiny sizes."""
    model = model_of("385M")
    tokens = torch.randint(0, model.embedding.shape[0], (2, 25), device=DEVICE)
    whole = model(tokens[:, :-1], tokens[:, 1:]).item()
    step = DecodingStep(model, 2, torch.float32)
    losses = [F.cross_entropy(step(tokens[:, t], torch.tensor(float(t))), tokens[:, t + 1]).item() for t in range(24)]
    if abs(statistics.mean(losses) - whole) > 1e-4:
        raise SystemExit(f"decoding gives {statistics.mean(losses)}, the whole sequence {whole}")


def main():
    attention = choose_attention()
    torch.set_float32_matmul_precision("high")
    if CARD:
        report(what="device", name=torch.cuda.get_device_name(), torch=torch.__version__)
    else:
        agree()
    for what in sys.argv[1:]:
        kind, name, *shape = what.split(":")
        try:
            if kind == "train":
                sequences, length = (int(x) for x in shape[0].split("x"))
                train(name, sequences, length if CARD else 4 * CHUNK, attention)
            else:
                decode(name)
        except Exception as e:  # a peer that fails is said, not hidden
            report(what=kind, model=name, shape=shape, failed=f"{type(e).__name__}: {e}"[:300])
        if CARD:
            torch.compiler.reset()
            torch.cuda.empty_cache()


main()
