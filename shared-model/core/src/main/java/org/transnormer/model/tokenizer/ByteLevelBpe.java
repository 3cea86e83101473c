package org.transnormer.model.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Merges of a byte-level BPE with GPT-2's pre-tokenizer and nothing else around it, the kind that
 * {@link ByteLevelBpeTrainer} makes: small enough to be encoded here, many times as fast as through
 * the native library, with the same ids.
 */
final class ByteLevelBpe {

  private static final int NONE = -1;

  private final int[] idOfByte;
  private final byte[][] bytesOfId;

  /** Open addressing: pair of ids to rank and merged id; a key of -1 is free. */
  private final long[] pairs;

  private final long[] merges;
  private final int mask;

  private ByteLevelBpe(int[] idOfByte, byte[][] bytesOfId, long[] pairRanks, long[] merged) {
    this.idOfByte = idOfByte;
    this.bytesOfId = bytesOfId;
    int capacity = Integer.highestOneBit(Math.max(8, pairRanks.length * 2 + 1)) << 1;
    this.mask = capacity - 1;
    this.pairs = new long[capacity];
    this.merges = new long[capacity];
    Arrays.fill(pairs, NONE);
    for (int rank = 0; rank < pairRanks.length; rank++) {
      int slot = slot(pairRanks[rank]);
      while (pairs[slot] != NONE) {
        slot = slot + 1 & mask;
      }
      pairs[slot] = pairRanks[rank];
      merges[slot] = (long) rank << 32 | merged[rank];
    }
  }

  /** The tokenizer's merges, or nothing where it does more than this class can. */
  static Optional<ByteLevelBpe> of(TokenizerJson json) {
    if (!isPlain(json)) {
      return Optional.empty();
    }
    byte[][] bytesOfId = new byte[json.vocabSize()][];
    Map<String, Integer> ids = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.root().path("model").path("vocab").properties()) {
      ids.put(entry.getKey(), entry.getValue().intValue());
    }
    for (int id = 0; id < bytesOfId.length; id++) {
      byte[] bytes = ByteAlphabet.bytes(json.token(id).orElse(""));
      if (bytes == null) {
        return Optional.empty();
      }
      bytesOfId[id] = bytes;
    }
    int[] idOfByte = new int[256];
    for (int b = 0; b < 256; b++) {
      Integer id = ids.get(String.valueOf(ByteAlphabet.character(b)));
      if (id == null) {
        return Optional.empty();
      }
      idOfByte[b] = id;
    }
    JsonNode list = json.root().path("model").path("merges");
    long[] pairs = new long[list.size()];
    long[] merged = new long[list.size()];
    for (int rank = 0; rank < pairs.length; rank++) {
      String[] parts = parts(list.get(rank));
      Integer left = parts == null ? null : ids.get(parts[0]);
      Integer right = parts == null ? null : ids.get(parts[1]);
      Integer both = parts == null ? null : ids.get(parts[0] + parts[1]);
      if (left == null || right == null || both == null) {
        return Optional.empty();
      }
      pairs[rank] = pair(left, right);
      merged[rank] = both;
    }
    return Optional.of(new ByteLevelBpe(idOfByte, bytesOfId, pairs, merged));
  }

  private static String @Nullable [] parts(JsonNode merge) {
    if (merge.isArray() && merge.size() == 2) {
      return new String[] {merge.get(0).asString(""), merge.get(1).asString("")};
    }
    String text = merge.asString("");
    int space = text.indexOf(' ');
    return space < 0 ? null : new String[] {text.substring(0, space), text.substring(space + 1)};
  }

  private static boolean isPlain(TokenizerJson json) {
    JsonNode root = json.root();
    JsonNode pre = root.path("pre_tokenizer");
    JsonNode model = root.path("model");
    return absent(root, "normalizer")
        && absent(root, "truncation")
        && absent(root, "padding")
        && (absent(root, "post_processor") || type(root.path("post_processor"), "ByteLevel"))
        && type(root.path("decoder"), "ByteLevel")
        && type(pre, "ByteLevel")
        && !pre.path("add_prefix_space").asBoolean(true)
        && pre.path("use_regex").asBoolean(true)
        && type(model, "BPE")
        && absent(model, "dropout")
        && absent(model, "unk_token")
        && model.path("continuing_subword_prefix").asString("").isEmpty()
        && model.path("end_of_word_suffix").asString("").isEmpty()
        && !model.path("byte_fallback").asBoolean(false)
        && !model.path("ignore_merges").asBoolean(false)
        && json.added().stream().allMatch(ByteLevelBpe::isPlain);
  }

  private static boolean isPlain(TokenizerJson.AddedToken token) {
    return !token.singleWord()
        && !token.leftStrip()
        && !token.rightStrip()
        && !token.normalized()
        && !token.content().isEmpty()
        && token.content().chars().allMatch(c -> c > ' ' && c < 0x7F);
  }

  private static boolean absent(JsonNode node, String field) {
    return !node.hasNonNull(field);
  }

  private static boolean type(JsonNode node, String type) {
    return node.path("type").asString("").equals(type);
  }

  byte[] bytes(int id) {
    return bytesOfId[id];
  }

  /** Appends the tokens of one piece: again and again the pair of lowest rank, leftmost first. */
  void encode(byte[] text, int from, int to, IntList out) {
    int n = to - from;
    if (n == 1) {
      out.add(idOfByte[Byte.toUnsignedInt(text[from])]);
      return;
    }
    int[] ids = new int[n];
    for (int i = 0; i < n; i++) {
      ids[i] = idOfByte[Byte.toUnsignedInt(text[from + i])];
    }
    int left = n <= SHORT ? mergeShort(ids, n) : mergeLong(ids, n);
    for (int i = 0; i < left; i++) {
      out.add(ids[i]);
    }
  }

  /** Up to this length looking through all pairs is faster than keeping them in order. */
  private static final int SHORT = 48;

  /** Quadratic; returns the number of tokens. */
  private int mergeShort(int[] ids, int n) {
    int size = n;
    while (size > 1) {
      long best = Long.MAX_VALUE;
      int at = 0;
      for (int i = 0; i + 1 < size; i++) {
        long merge = merge(ids[i], ids[i + 1]);
        if (merge >>> 32 < best >>> 32) {
          best = merge;
          at = i;
        }
      }
      if (best == Long.MAX_VALUE) {
        break;
      }
      ids[at] = (int) best;
      System.arraycopy(ids, at + 2, ids, at + 1, size - at - 2);
      size--;
    }
    return size;
  }

  private record Candidate(long merge, int at, int left, int right)
      implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      int byRank = Long.compare(merge >>> 32, other.merge >>> 32);
      return byRank != 0 ? byRank : Integer.compare(at, other.at);
    }
  }

  /** n log n, with the tokens as a linked list; returns the number of tokens. */
  private int mergeLong(int[] ids, int n) {
    int[] next = new int[n];
    int[] previous = new int[n];
    PriorityQueue<Candidate> queue = new PriorityQueue<>();
    for (int i = 0; i < n; i++) {
      next[i] = i + 1 < n ? i + 1 : NONE;
      previous[i] = i - 1;
      offer(queue, ids, i, next[i]);
    }
    for (Candidate best = queue.poll(); best != null; best = queue.poll()) {
      int at = best.at;
      int second = ids[at] == NONE ? NONE : next[at];
      if (second == NONE || ids[at] != best.left || ids[second] != best.right) {
        continue;
      }
      ids[at] = (int) best.merge;
      ids[second] = NONE;
      next[at] = next[second];
      if (next[at] != NONE) {
        previous[next[at]] = at;
      }
      offer(queue, ids, at, next[at]);
      if (previous[at] != NONE) {
        offer(queue, ids, previous[at], at);
      }
    }
    int size = 0;
    for (int i = 0; i != NONE; i = next[i]) {
      ids[size++] = ids[i];
    }
    return size;
  }

  private void offer(PriorityQueue<Candidate> queue, int[] ids, int at, int second) {
    if (second != NONE) {
      long merge = merge(ids[at], ids[second]);
      if (merge != Long.MAX_VALUE) {
        queue.add(new Candidate(merge, at, ids[at], ids[second]));
      }
    }
  }

  /** Rank in the upper half, merged id in the lower; the largest number where nothing merges. */
  private long merge(int left, int right) {
    long pair = pair(left, right);
    for (int slot = slot(pair); pairs[slot] != NONE; slot = slot + 1 & mask) {
      if (pairs[slot] == pair) {
        return merges[slot];
      }
    }
    return Long.MAX_VALUE;
  }

  private int slot(long pair) {
    long hash = pair * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 40) & mask;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
