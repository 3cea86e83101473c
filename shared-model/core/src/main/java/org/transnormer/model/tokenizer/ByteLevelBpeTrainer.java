package org.transnormer.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Learns a byte-level BPE with GPT-2's pre-tokenizer: special tokens first, then the 256 bytes,
 * then merges, each of the pair that occurs most often at its time (the smaller ids where two occur
 * equally often). The result depends on how often each text was added, not on order or threads.
 */
public final class ByteLevelBpeTrainer {

  /** Longer pieces are no words (rows of dashes, encoded pictures) and do not count. */
  static final int LONGEST_PIECE = 256;

  private final List<String> specialTokens;
  private final long minFrequency;
  private final Queue<PieceCounts> idle = new ConcurrentLinkedQueue<>();

  /** One special token, {@link TokenizerJson#EOS}; a pair that occurs once is not merged. */
  public ByteLevelBpeTrainer() {
    this(List.of(TokenizerJson.EOS), 2);
  }

  /**
   * @param specialTokens their ids count from 0; one of them has to end documents
   * @param minFrequency occurrences that a pair needs to become a token
   */
  public ByteLevelBpeTrainer(List<String> specialTokens, long minFrequency) {
    this.specialTokens = List.copyOf(new LinkedHashSet<>(specialTokens));
    this.minFrequency = Math.max(1, minFrequency);
    for (String token : this.specialTokens) {
      if (token.length() < 2) {
        throw new IllegalArgumentException("special token '" + token + "' is too short");
      }
    }
  }

  /** Counts a text; may be called by several threads at once. */
  public void add(String text) {
    PieceCounts counts = idle.poll();
    if (counts == null) {
      counts = new PieceCounts();
    }
    count(Utf8.bytes(text), counts);
    idle.add(counts);
  }

  private static void count(byte[] text, PieceCounts counts) {
    Gpt2Pieces pieces = new Gpt2Pieces(text, text.length);
    for (int from = 0; from < text.length; ) {
      int to = pieces.endOfPiece(from);
      if (to - from > 1 && to - from <= LONGEST_PIECE) {
        counts.add(text, from, to, 1);
      }
      from = to;
    }
  }

  /** Counts all texts with several threads, which take them one by one. */
  public void addAll(Iterator<String> texts, int threads) {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        workers.add(pool.submit(() -> drain(texts)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while counting", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private void drain(Iterator<String> texts) {
    while (true) {
      String text;
      synchronized (texts) {
        if (!texts.hasNext()) {
          return;
        }
        text = texts.next();
      }
      add(text);
    }
  }

  /**
   * Learns the merges; texts that are added afterwards count for the next call.
   *
   * @param vocabSize tokens in all; there are fewer if the texts have not so many pairs
   */
  public TokenizerJson train(int vocabSize) {
    int smallest = specialTokens.size() + 256;
    if (vocabSize < smallest) {
      throw new IllegalArgumentException(
          "a byte-level vocabulary has at least %d tokens, asked for are %d"
              .formatted(smallest, vocabSize));
    }
    PieceCounts counts = new PieceCounts();
    for (PieceCounts part : idle) {
      counts.addAll(part);
    }
    BpeMerges merges = new BpeMerges(counts, Set.copyOf(specialTokens), minFrequency);
    merges.learn(vocabSize - specialTokens.size());
    return TokenizerJson.of(json(merges).getBytes(StandardCharsets.UTF_8));
  }

  private String json(BpeMerges merges) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < specialTokens.size(); id++) {
      ObjectNode token = added.addObject();
      token.put("id", id).put("content", specialTokens.get(id));
      token.put("single_word", false).put("lstrip", false).put("rstrip", false);
      token.put("normalized", false).put("special", true);
    }
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"), false);
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"), true);
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    specialTokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    merges.tokens().forEach(token -> vocabulary.put(token, vocabulary.size()));
    merges.merges().forEach(model.putArray("merges")::add);
    return JsonMapper.shared().writeValueAsString(root);
  }

  private static void byteLevel(ObjectNode node, boolean prefixSpace) {
    node.put("type", "ByteLevel");
    node.put("add_prefix_space", prefixSpace);
    node.put("trim_offsets", true);
    node.put("use_regex", true);
  }
}
