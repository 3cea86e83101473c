"""TransNormerLLM, first generation, as one would write it in PyTorch: chunked linear attention, tied embedding.

The model that benchmarks/TrainStep.java trains, in the same sizes. Axes: B sequences, T positions, H heads, e head
width, C chunks of c rows.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-6


def srms(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON)


def decay_rates(heads, layer, layers):
    """Slopes of ALiBi, falling to almost nothing in the last layer (arXiv 2307.14995, eq. 8)."""
    base = 2.0 ** (-8.0 / heads)
    return [base ** (h + 1) * (1 - layer / (layers - 1) + 1e-5) for h in range(heads)]


class TokenMixer(nn.Module):
    def __init__(self, width, heads, layer, layers, chunk):
        super().__init__()
        self.heads, self.chunk = heads, chunk
        self.qkvu = nn.Parameter(torch.randn(4 * width, width) * 0.02)
        self.out = nn.Parameter(torch.randn(width, width) * 0.02)
        self.lrpe = layer == 0
        if self.lrpe:
            e = width // heads
            self.theta = nn.Parameter(10000.0 ** (-torch.arange(0, e) / e).expand(heads, e).clone())
        rate = torch.tensor(decay_rates(heads, layer, layers), dtype=torch.float64).view(heads, 1, 1)
        r = torch.arange(chunk, dtype=torch.float64)
        distance = r.view(1, -1, 1) - r.view(1, 1, -1)
        mask = torch.where(distance >= 0, torch.exp(-rate * distance.clamp(min=0)), 0.0)
        self.register_buffer("rate", rate.float().view(heads))
        self.register_buffer("mask", mask.float().view(1, heads, 1, chunk, chunk))
        self.register_buffer("rising", torch.exp(-rate * (r.view(1, -1, 1) + 1)).float().view(1, heads, 1, chunk, 1))
        self.register_buffer("falling", torch.exp(-rate * (chunk - 1 - r.view(1, -1, 1))).float().view(1, heads, 1, chunk, 1))
        self.register_buffer("whole", torch.exp(-rate * chunk).float().view(1, heads, 1, 1))

    def attention(self, q, k, v):
        b, h, t, e = v.shape
        c = self.chunk
        q, k, v = (x.view(b, h, t // c, c, x.shape[-1]) for x in (q, k, v))
        intra = (q @ k.transpose(-1, -2) * self.mask) @ v
        added = (k * self.falling).transpose(-1, -2) @ v
        state, states = torch.zeros_like(added[:, :, 0]), []
        for i in range(t // c):
            states.append(state)
            state = self.whole * state + added[:, :, i]
        return (intra + (q * self.rising) @ torch.stack(states, 2)).reshape(b, h, t, e)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v, u = F.linear(srms(x), self.qkvu).chunk(4, -1)
        q, k, v = (y.view(b, t, self.heads, -1).transpose(1, 2) for y in (F.silu(q), F.silu(k), v))
        if self.lrpe:
            phase = torch.arange(t, dtype=torch.float32).view(-1, 1) * self.theta.unsqueeze(1)
            cos, sin = phase.cos(), phase.sin()
            q, k = (torch.cat((y * cos, y * sin), -1) for y in (q, k))
        o = self.attention(q, k, v).transpose(1, 2).reshape(b, t, d)
        return x + F.linear(u * srms(o), self.out)


class ChannelMixer(nn.Module):
    def __init__(self, width, glu):
        super().__init__()
        self.w12 = nn.Parameter(torch.randn(2 * glu, width) * 0.02)
        self.w3 = nn.Parameter(torch.randn(width, glu) * 0.02)

    def forward(self, x):
        a, b = F.linear(srms(x), self.w12).chunk(2, -1)
        return x + F.linear(a * b, self.w3)


class Tnl(nn.Module):
    def __init__(self, vocab, width, layers, heads, glu, chunk):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(vocab, width) * 0.02)
        self.scale = math.sqrt(width)
        self.layers = nn.ModuleList()
        for layer in range(layers):
            self.layers.append(TokenMixer(width, heads, layer, layers, chunk))
            self.layers.append(ChannelMixer(width, glu))

    def forward(self, inputs, targets):
        """Mean cross-entropy in nats."""
        x = F.embedding(inputs, self.embedding) * self.scale
        for layer in self.layers:
            x = layer(x)
        logits = F.linear(srms(x), self.embedding)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))
