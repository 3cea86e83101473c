"""Trains small SentencePiece models and a tiktoken encoding, and says what the references make of texts.

usage: tokenizers_peer.py CORPUS TEXTS OUT
  CORPUS  a text, a sentence a line
  TEXTS   JSON list of strings
  OUT     a folder: for each tokenizer its file and NAME.json {"ids": [[...]], "decoded": [...]}
"""
import base64
import json
import pathlib
import random
import sys

import sentencepiece
import tiktoken

SENTENCEPIECE = {
    # as LLaMA's
    "bpe": dict(model_type="bpe", vocab_size=600, byte_fallback=True, normalization_rule_name="identity",
                remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True),
    # as Baichuan's: nothing before the text
    "bpe-bare": dict(model_type="bpe", vocab_size=560, byte_fallback=True, normalization_rule_name="identity",
                     remove_extra_whitespaces=False, add_dummy_prefix=False, user_defined_symbols=["<|turn|>", "   "]),
    "bpe-unknown": dict(model_type="bpe", vocab_size=500, normalization_rule_name="identity"),
    "unigram": dict(model_type="unigram", vocab_size=400, normalization_rule_name="identity"),
    "unigram-bytes": dict(model_type="unigram", vocab_size=600, byte_fallback=True, normalization_rule_name="identity"),
    # SentencePiece's own defaults
    "bpe-nfkc": dict(model_type="bpe", vocab_size=500),
    "unigram-nfkc": dict(model_type="unigram", vocab_size=400),
}
CL100K = (r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"""
          r"""| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""")


def train_sentencepiece(corpus, prefix, settings):
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(prefix), minloglevel=2, hard_vocab_limit=False,
        character_coverage=0.98, **settings)


def two_letters(folder):
    """Pieces that overlap in every way: what a list of merges gets wrong if it can be got wrong."""
    draw = random.Random(5)
    lines = ["".join(draw.choice("ab") for _ in range(draw.randint(1, 30))) for _ in range(2000)]
    corpus = folder / "two-letters.txt"
    corpus.write_text("\n".join(lines))
    return corpus


def train_tiktoken(corpus, file):
    """Plain byte pair encoding by counting, enough for a few hundred merges."""
    words = [list(bytes([b]) for b in word.encode()) for word in corpus.read_text("utf-8").split(" ")[:4000]]
    ranks = {bytes([b]): b for b in range(256)}
    for _ in range(300):
        counts = {}
        for word in words:
            for pair in zip(word, word[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        (left, right), _ = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
        ranks.setdefault(left + right, len(ranks))
        for word in words:
            at = 0
            while at < len(word) - 1:
                if word[at] == left and word[at + 1] == right:
                    word[at:at + 2] = [left + right]
                at += 1
    file.write_text("".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()))
    return tiktoken.Encoding("peer", pat_str=CL100K, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": len(ranks)})


def write(folder, name, ids, decoded):
    (folder / f"{name}.json").write_text(json.dumps({"ids": ids, "decoded": decoded}))


def main(corpus, texts_file, out):
    texts = json.loads(texts_file.read_text("utf-8"))
    models = {name: (corpus, settings) for name, settings in SENTENCEPIECE.items()}
    models["two-letters"] = (two_letters(out), dict(
        model_type="bpe", vocab_size=400, byte_fallback=True, normalization_rule_name="identity",
        max_sentencepiece_length=12))
    for name, (text, settings) in models.items():
        train_sentencepiece(text, out / name, settings)
        model = sentencepiece.SentencePieceProcessor(model_file=str(out / f"{name}.model"))
        ids = [model.encode(text) for text in texts]
        write(out, name, ids, [model.decode(row) for row in ids])
    encoding = train_tiktoken(corpus, out / "peer.tiktoken")
    ids = [encoding.encode_ordinary(text) for text in texts]
    write(out, "peer", ids, [encoding.decode(row) for row in ids])


if __name__ == "__main__":
    main(*(pathlib.Path(argument) for argument in sys.argv[1:]))
