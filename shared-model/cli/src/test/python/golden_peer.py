"""Loads a model folder with PyTorch and writes beside it what the formulas give in double, as `tnl model verify` reads it.

usage: golden_peer.py FOLDER SEQUENCES LENGTH SEED
  FOLDER  config.json with model.safetensors, or with shards and their index; golden.safetensors is written there

Attention is the recurrence itself, a position after the other. Axes: B sequences, T positions, H heads, e head width.
"""
import json
import math
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

EPSILON = 1e-6
PROMPT, GENERATED = 13, 40


def load(folder):
    index = folder / "model.safetensors.index.json"
    files = set(json.loads(index.read_text())["weight_map"].values()) if index.exists() else {"model.safetensors"}
    tensors = {name: tensor for file in sorted(files) for name, tensor in load_file(folder / file).items()}
    return {name: tensor.double().requires_grad_() for name, tensor in tensors.items()}


def srms(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON)


def slopes(heads):
    whole = 1 << (heads.bit_length() - 1)
    first = [2.0 ** (-8 * (h + 1) / whole) for h in range(whole)]
    return first + [2.0 ** (-4 * (h + 1) / whole) for h in range(0, 2 * (heads - whole), 2)]


class Model:
    def __init__(self, config, weights):
        self.weights, self.layers = weights, config["decoder_layers"]
        self.heads, self.lrpe = config["decoder_attention_heads"], config["linear_use_lrpe_list"]
        self.gated = config.get("gate_dim", 0) > 0
        self.scale = 1 if config["no_scale_embedding"] else math.sqrt(config["decoder_embed_dim"])
        self.padding = config["pad_token_id"]
        self.seen = {}

    def weight(self, layer, name):
        return self.weights[f"model.layers.{layer}.{name}"]

    def see(self, name, x):
        self.seen[name] = x
        return x

    def attention(self, layer, q, k, v, state):
        """[B, T, H, e] each; the state [B, H, ek, ev] before them and after them."""
        factor = 1 - layer / (self.layers - 1) + 1e-5 if self.layers > 1 else 1 + 1e-5
        decay = torch.exp(-torch.tensor(slopes(self.heads), dtype=torch.double) * factor).view(1, -1, 1, 1)
        rows = []
        for t in range(q.shape[1]):
            state = decay * state + k[:, t].unsqueeze(-1) * v[:, t].unsqueeze(-2)
            rows.append((q[:, t].unsqueeze(-2) @ state).squeeze(-2))
        return torch.stack(rows, 1), state

    def token_mixer(self, layer, x, position, state):
        b, t, d = x.shape
        n, at = srms(x), f"act.layers.{layer}"
        if self.gated:
            projected = self.see(at + ".qkv", functional.linear(n, self.weight(layer, "token_mixer.qkv_proj.weight")))
            q, k, v = functional.silu(projected).chunk(3, -1)
            low = functional.linear(n, self.weight(layer, "token_mixer.output_gate.0.weight"))
            gate = self.see(at + ".gate", functional.linear(low, self.weight(layer, "token_mixer.output_gate.1.weight")))
            u = torch.sigmoid(gate)
        else:
            projected = self.see(at + ".qkvu", functional.linear(n, self.weight(layer, "token_mixer.qkvu_proj.weight")))
            q, k, v, u = projected.chunk(4, -1)
            q, k = functional.silu(q), functional.silu(k)
        q, k, v = (y.view(b, t, self.heads, -1) for y in (q, k, v))
        if self.lrpe[layer]:
            positions = torch.arange(position, position + t, dtype=torch.double).view(1, t, 1, 1)
            phase = positions * self.weight(layer, "token_mixer.lrpe.theta").transpose(0, 1).unsqueeze(0)
            q, k = (torch.cat((y * phase.cos(), y * phase.sin()), -1) for y in (q, k))
        if state is None:
            state = torch.zeros(b, self.heads, k.shape[-1], v.shape[-1], dtype=torch.double)
        o, state = self.attention(layer, q, k, v, state)
        o = self.see(at + ".o", o.reshape(b, t, d))
        gated = self.see(at + ".o_norm", srms(o)) * u
        return self.see(at + ".gla", functional.linear(gated, self.weight(layer, "token_mixer.out_proj.weight"))), state

    def channel_mixer(self, layer, x):
        a, b, out = (self.weight(layer, f"channel_mixer.l{i}.weight") for i in (1, 2, 3))
        n = srms(x)
        product = functional.linear(n, a) * functional.linear(n, b)
        return self.see(f"act.layers.{layer}.glu", functional.linear(product, out))

    def forward(self, tokens, position=0, states=None):
        """Logits [B, T, V] and the states after the last token."""
        states = states or [None] * self.layers
        table = self.weights["model.embed_tokens.weight"]
        x = functional.embedding(tokens, table, padding_idx=self.padding) * self.scale
        after = []
        for layer in range(self.layers):
            at = f"act.layers.{layer}"
            self.see(at + ".in", x)
            mixed, state = self.token_mixer(layer, x, position, states[layer])
            x = self.see(at + ".mid", x + mixed)
            x = self.see(at + ".out", x + self.channel_mixer(layer, x))
            after.append(state)
        return functional.linear(self.see("act.final_norm", srms(x)), table), after


def training(model, golden, tokens):
    logits, states = model.forward(tokens)
    loss = functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
    loss.backward()
    golden.update(model.seen)
    golden.update({"input_ids": tokens, "labels": tokens, "logits": logits, "loss": loss.view(1)})
    golden.update({f"state.{layer}": state for layer, state in enumerate(states)})
    golden.update({f"grad.{name}": weight.grad for name, weight in model.weights.items()})


@torch.no_grad()
def decoding(model, golden, prompt):
    logits, states = model.forward(prompt.view(1, -1))
    rows, tokens = [logits[0, -1]], []
    for i in range(GENERATED):
        tokens.append(int(rows[-1].argmax()))
        if i < GENERATED - 1:
            logits, states = model.forward(torch.tensor([tokens[-1:]]), len(prompt) + i, states)
            rows.append(logits[0, -1])
    golden.update({"decode.prompt": prompt, "decode.tokens": torch.tensor(tokens), "decode.logits": torch.stack(rows)})
    golden.update({f"decode.state.{layer}": state for layer, state in enumerate(states)})


def main(folder, sequences, length, seed):
    torch.manual_seed(seed)
    config = json.loads((folder / "config.json").read_text())
    model, golden = Model(config, load(folder)), {}
    tokens = torch.randint(0, config["vocab_size"], (sequences, length))
    training(model, golden, tokens)
    decoding(model, golden, tokens[0, :PROMPT].clone())
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in golden.items()}, folder / "golden.safetensors")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), *(int(number) for number in sys.argv[2:]))
