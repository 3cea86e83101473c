"""llama.cpp's side of decode.sh: a LLaMA of the same shape with random weights, driven on standard input.

decode N -> microseconds of N steps of one sequence; its context starts anew with each call, so it stays short
weights  -> bytes of matrices that a step reads, once each
"""

import argparse
import ctypes
import sys
import time
from pathlib import Path

import gguf
import llama_cpp
import numpy as np

SHAPE = dict(vocab=64000, width=1024, layers=24, heads=8, glu=2816)
TYPES = {"bf16": gguf.GGMLQuantizationType.BF16, "q8_0": gguf.GGMLQuantizationType.Q8_0}
CONTEXT = 512


def matrices():
    """Names and shapes; the table of embeddings is the head too."""
    d, f = SHAPE["width"], SHAPE["glu"]
    yield "token_embd.weight", (SHAPE["vocab"], d)
    for layer in range(SHAPE["layers"]):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"blk.{layer}.{name}.weight", (d, d)
        yield f"blk.{layer}.ffn_gate.weight", (f, d)
        yield f"blk.{layer}.ffn_up.weight", (f, d)
        yield f"blk.{layer}.ffn_down.weight", (d, f)


def write(path, kind):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(SHAPE["width"])
    writer.add_block_count(SHAPE["layers"])
    writer.add_feed_forward_length(SHAPE["glu"])
    writer.add_head_count(SHAPE["heads"])
    writer.add_head_count_kv(SHAPE["heads"])
    writer.add_rope_dimension_count(SHAPE["width"] // SHAPE["heads"])
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(SHAPE["vocab"])
    writer.add_tokenizer_model("no_vocab")
    random = np.random.default_rng(1)
    for name, shape in matrices():
        numbers = random.standard_normal(shape, dtype=np.float32) * np.float32(0.02)
        writer.add_tensor(name, gguf.quants.quantize(numbers, TYPES[kind]), raw_dtype=TYPES[kind])
    for name in ["output_norm"] + [f"blk.{n}.{norm}_norm" for n in range(SHAPE["layers"]) for norm in ("attn", "ffn")]:
        writer.add_tensor(name + ".weight", np.ones(SHAPE["width"], dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def weight_bytes(kind):
    block, size = gguf.GGML_QUANT_SIZES[TYPES[kind]]
    return sum(rows * columns for _, (rows, columns) in matrices()) // block * size


class Peer:
    def __init__(self, path, threads):
        quiet = llama_cpp.llama_log_callback(lambda *_: None)
        self.keep = quiet
        llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        options = llama_cpp.llama_context_default_params()
        options.n_ctx, options.n_batch, options.n_threads, options.n_threads_batch = CONTEXT, 64, threads, threads
        self.context = llama_cpp.llama_init_from_model(self.model, options)
        if not self.model or not self.context:
            raise SystemExit("llama.cpp cannot load " + str(path))
        self.random = np.random.default_rng(2)

    def decode(self, steps):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), False)
        times = []
        for token in self.random.integers(0, SHAPE["vocab"], steps):
            one = (llama_cpp.llama_token * 1)(int(token))
            start = time.perf_counter_ns()
            rc = llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(one, 1))
            llama_cpp.llama_get_logits(self.context)
            times.append((time.perf_counter_ns() - start) // 1000)
            if rc != 0:
                raise SystemExit(f"llama_decode: {rc}")
        return times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=TYPES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("threads", type=int)
    arguments = parser.parse_args()
    path = arguments.folder / f"llama-385m-{arguments.kind}.gguf"
    if not path.exists():
        part = path.with_suffix(".part")
        write(part, arguments.kind)
        part.rename(path)
    peer = Peer(path, arguments.threads)
    print("ready", llama_cpp.llama_print_system_info().decode().replace("\n", " "), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            break
        answer = weight_bytes(arguments.kind) if words[0] == "weights" else peer.decode(int(words[1]))
        print(*(answer if isinstance(answer, list) else [answer]), flush=True)


main()
