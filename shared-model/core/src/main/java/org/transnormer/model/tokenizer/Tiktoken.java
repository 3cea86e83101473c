package org.transnormer.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code *.tiktoken} file, lines of a token's bytes in base 64 and its rank, as a {@code
 * tokenizer.json} with the same ids. The file says neither how a text is cut into pieces nor which
 * tokens are special: the pieces are those of cl100k_base, whose number of ranks the third
 * generation's file has, and the one special token is {@link TokenizerJson#EOS}.
 */
final class Tiktoken {

  /** Of https://github.com/openai/tiktoken, openai_public.py, cl100k_base. */
  private static final String PIECES =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** Ranks of cl100k_base; the id behind them is taken by nothing there. */
  private static final int CL100K_RANKS = 100_256;

  private Tiktoken() {}

  /**
   * @throws InvalidTokenizerException if a line is none, or ranks do not follow each other
   */
  static TokenizerJson convert(byte[] file) {
    List<byte[]> tokens = read(new String(file, StandardCharsets.ISO_8859_1));
    Map<String, Integer> ranks = new HashMap<>();
    ObjectNode model = JsonMapper.shared().createObjectNode();
    model.put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    for (byte[] token : tokens) {
      String spelled = TokenizerJson.requireShort(ByteAlphabet.token(token));
      if (ranks.put(spelled, ranks.size()) != null) {
        throw malformed("has the token of rank %d twice".formatted(ranks.size()));
      }
      vocabulary.put(spelled, ranks.size() - 1);
    }
    requireEveryByte(ranks);
    merges(model.putArray("merges"), ranks, List.copyOf(vocabulary.propertyNames()));
    return TokenizerJson.of(
        around(model, tokens.size()).toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<byte[]> read(String file) {
    long most = TokenizerJson.MOST_TOKENS + 1L;
    List<String> lines = file.lines().filter(line -> !line.isBlank()).limit(most).toList();
    if (lines.isEmpty() || lines.size() > TokenizerJson.MOST_TOKENS) {
      throw malformed("has %d lines".formatted(lines.size()));
    }
    byte[][] tokens = new byte[lines.size()][];
    for (String line : lines) {
      String[] parts = line.strip().split(" ", -1);
      try {
        int rank = Integer.parseInt(parts[parts.length - 1]);
        byte[] token = Base64.getDecoder().decode(parts[0]);
        if (parts.length != 2 || token.length == 0 || tokens[rank] != null) {
          throw malformed("has the line '%s'".formatted(line));
        }
        tokens[rank] = token;
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new InvalidTokenizerException(
            "the tiktoken file has the line '%s'; ranks run from 0 to the number of lines"
                .formatted(line.length() > 80 ? line.substring(0, 80) + "..." : line),
            e);
      }
    }
    return Arrays.asList(tokens);
  }

  private static void requireEveryByte(Map<String, Integer> ranks) {
    for (int b = 0; b < 256; b++) {
      if (!ranks.containsKey(String.valueOf(ByteAlphabet.character(b)))) {
        throw malformed("has no token for the byte 0x%02X".formatted(b));
      }
    }
  }

  private record Merge(int rank, int left, int right) {}

  /**
   * All ways in which a token can come about; whichever neighbours make the lowest rank merge.
   *
   * @param tokens by rank
   */
  private static void merges(ArrayNode list, Map<String, Integer> ranks, List<String> tokens) {
    List<Merge> merges = new ArrayList<>();
    for (int rank = 0; rank < tokens.size(); rank++) {
      String token = tokens.get(rank);
      for (int at = 1; at < token.length(); at++) {
        Integer left = ranks.get(token.substring(0, at));
        Integer right = ranks.get(token.substring(at));
        if (left != null && right != null) {
          merges.add(new Merge(rank, left, right));
        }
      }
      TokenizerJson.requireFewMerges(merges.size());
    }
    merges.sort(Comparator.comparingInt(Merge::rank).thenComparingInt(Merge::left));
    merges.forEach(m -> list.addArray().add(tokens.get(m.left)).add(tokens.get(m.right)));
  }

  private static ObjectNode around(ObjectNode model, int ranks) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ObjectNode eos = root.putArray("added_tokens").addObject();
    eos.put("id", ranks == CL100K_RANKS ? ranks + 1 : ranks);
    eos.put("content", TokenizerJson.EOS);
    eos.put("single_word", false).put("lstrip", false).put("rstrip", false);
    eos.put("normalized", false).put("special", true);
    root.putNull("normalizer");
    ArrayNode steps =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", PIECES);
    split.put("behavior", "Isolated").put("invert", false);
    byteLevel(steps.addObject());
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    // A piece that is a token is that token, whatever its merges would make of it.
    model.put("ignore_merges", true);
    root.set("model", model);
    return root;
  }

  private static void byteLevel(ObjectNode step) {
    step.put("type", "ByteLevel").put("add_prefix_space", false);
    step.put("trim_offsets", true).put("use_regex", false);
  }

  private static InvalidTokenizerException malformed(String reason) {
    return new InvalidTokenizerException("the tiktoken file " + reason);
  }
}
