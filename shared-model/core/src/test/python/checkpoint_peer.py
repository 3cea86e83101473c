"""Reads a model folder as others do and says what is there.

usage: checkpoint_peer.py FOLDER OUT
  OUT  JSON {name: {"dtype", "shape", "sum", "first"}}, the sum over the tensor's numbers in order, in double
"""
import json
import pathlib
import sys

import numpy
from safetensors import safe_open


def numbers(file, name):
    """As float64; bfloat16, which numpy does not know, from its bits."""
    raw = file.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    info = json.loads(raw[8:8 + length])[name]
    data = raw[8 + length + info["data_offsets"][0]:8 + length + info["data_offsets"][1]]
    if info["dtype"] == "BF16":
        return (numpy.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").astype("f8"), info
    return numpy.frombuffer(data, {"F32": "<f4", "F16": "<f2"}[info["dtype"]]).astype("f8"), info


def main(folder, out):
    index = folder / "model.safetensors.index.json"
    if index.exists():
        places = json.loads(index.read_text())
        files = places["weight_map"]
        assert places["metadata"]["total_size"] > 0
    else:
        with safe_open(folder / "model.safetensors", framework="np") as file:
            files = {name: "model.safetensors" for name in file.keys()}
    found = {}
    for name, file in files.items():
        with safe_open(folder / file, framework="np") as opened:
            piece = opened.get_slice(name)
            shape, kind = piece.get_shape(), piece.get_dtype()
            if kind == "F32":
                assert opened.get_tensor(name).shape == tuple(shape)
            assert opened.metadata() == {"format": "pt"}
        values, info = numbers(folder / file, name)
        assert info["dtype"] == kind and info["shape"] == shape
        found[name] = {"dtype": kind, "shape": shape, "sum": float(sum(values)), "first": float(values[0])}
    config = json.loads((folder / "config.json").read_text())
    assert config["model_type"] == "transnormer" and config["tie_word_embeddings"] is True
    out.write_text(json.dumps(found))


if __name__ == "__main__":
    main(*(pathlib.Path(argument) for argument in sys.argv[1:]))
