package org.transnormer.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns merges from counted words (Sennrich, Haddow, Birch 2016, algorithm 1), touching after each
 * merge only the words that the merged pair stands in.
 */
final class BpeMerges {

  private final long minFrequency;

  /** Spellings that belong to special tokens. */
  private final Set<String> reserved;

  private final int[][] words;
  private final long[] wordCounts;
  private final PairTable pairs = new PairTable();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> merges = new ArrayList<>();

  /** A pair and its count when it was queued; a count that has changed since is looked up again. */
  private record Candidate(long count, int left, int right, int pair)
      implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      if (count != other.count) {
        return Long.compare(other.count, count);
      }
      return left != other.left
          ? Integer.compare(left, other.left)
          : Integer.compare(right, other.right);
    }
  }

  BpeMerges(PieceCounts pieces, Set<String> reserved, long minFrequency) {
    this.reserved = reserved;
    this.minFrequency = minFrequency;
    int[] numberOfByte = alphabet();
    this.words = new int[pieces.size()][];
    this.wordCounts = new long[pieces.size()];
    for (int word = 0; word < words.length; word++) {
      int[] symbols = new int[pieces.length(word)];
      for (int i = 0; i < symbols.length; i++) {
        symbols[i] = numberOfByte[pieces.byteAt(word, i)];
      }
      words[word] = symbols;
      wordCounts[word] = pieces.count(word);
      for (int i = 0; i + 1 < symbols.length; i++) {
        occurs(pairs.number(symbols[i], symbols[i + 1]), word);
      }
    }
    for (int pair = 0; pair < pairs.size(); pair++) {
      offer(pair);
    }
  }

  /** The bytes in the order of their characters, as the reference's trainer numbers them. */
  private int[] alphabet() {
    int[] numberOfByte = new int[256];
    List<Integer> order = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      order.add(b);
    }
    order.sort((x, y) -> Character.compare(ByteAlphabet.character(x), ByteAlphabet.character(y)));
    for (int b : order) {
      numberOfByte[b] = token(String.valueOf(ByteAlphabet.character(b)));
    }
    return numberOfByte;
  }

  private int token(String token) {
    Integer known = numbers.putIfAbsent(token, tokens.size());
    if (known != null) {
      return known;
    }
    tokens.add(token);
    return tokens.size() - 1;
  }

  private void occurs(int pair, int word) {
    pairs.change(pair, wordCounts[word]);
    if (!pairs.words(pair).endsWith(word)) {
      pairs.words(pair).add(word);
    }
  }

  private void offer(int pair) {
    if (pairs.count(pair) >= minFrequency) {
      queue.add(new Candidate(pairs.count(pair), pairs.left(pair), pairs.right(pair), pair));
    }
  }

  /** Merges until there are so many tokens, bytes included, or nothing occurs often enough. */
  void learn(int tokenCount) {
    while (tokens.size() < tokenCount) {
      Candidate best = queue.poll();
      if (best == null) {
        return;
      }
      if (pairs.count(best.pair) != best.count) {
        if (pairs.count(best.pair) < best.count) {
          offer(best.pair);
        }
        continue;
      }
      merge(best);
    }
  }

  private void merge(Candidate best) {
    String left = tokens.get(best.left);
    String right = tokens.get(best.right);
    if (reserved.contains(left + right)) {
      return;
    }
    merges.add(left + " " + right);
    int merged = token(left + right);
    IntList touched = pairs.words(best.pair);
    IntList grown = new IntList();
    for (int i = 0; i < touched.size(); i++) {
      merge(touched.get(i), best.left, best.right, merged, grown);
    }
    pairs.clear(best.pair);
    for (int i = 0; i < grown.size(); i++) {
      offer(grown.get(i));
    }
  }

  /** Replaces the pair in one word and corrects the counts of its neighbours. */
  private void merge(int word, int left, int right, int merged, IntList grown) {
    int[] symbols = words[word];
    long count = wordCounts[word];
    int size = 0;
    for (int i = 0; i < symbols.length; size++) {
      if (i + 1 == symbols.length || symbols[i] != left || symbols[i + 1] != right) {
        symbols[size] = symbols[i++];
        continue;
      }
      if (size > 0) {
        pairs.change(pairs.number(symbols[size - 1], left), -count);
        grow(pairs.number(symbols[size - 1], merged), word, grown);
      }
      if (i + 2 < symbols.length) {
        pairs.change(pairs.number(right, symbols[i + 2]), -count);
        grow(pairs.number(merged, symbols[i + 2]), word, grown);
      }
      symbols[size] = merged;
      i += 2;
    }
    if (size < symbols.length) {
      words[word] = Arrays.copyOf(symbols, size);
    }
  }

  private void grow(int pair, int word, IntList grown) {
    occurs(pair, word);
    if (pairs.mark(pair, merges.size())) {
      grown.add(pair);
    }
  }

  /** Bytes, then merged tokens; ids follow those of the special tokens. */
  List<String> tokens() {
    return tokens;
  }

  /** "left right", in the order in which they were learnt. */
  List<String> merges() {
    return merges;
  }
}
