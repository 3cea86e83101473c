package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.transnormer.model.cli.verify.Comparison.Measure;
import org.transnormer.model.tokenizer.InvalidTokenizerException;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.tokenizer.TokenizerJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tokenizer and what it answered: {@code X.tokenizer.json}, {@code X.expected.json} and {@code
 * text.txt}.
 */
record TokenizerSubject(String name, Path expectedFile) implements Subject {

  static final String EXPECTED = ".expected.json";

  private static final BigInteger MODULUS = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);

  @Override
  public Outcome verify(Tools tools) throws IOException {
    String file = expectedFile.getFileName().toString();
    String stem = file.substring(0, file.length() - EXPECTED.length());
    Tokenizer tokenizer = load(expectedFile.resolveSibling(stem + ".tokenizer.json"));
    JsonNode expected = JsonMapper.shared().readTree(Files.readString(expectedFile));
    List<Comparison> comparisons = new ArrayList<>();
    if (expected.has("vocab_size")) {
      int[] size = {expected.path("vocab_size").intValue()};
      comparisons.add(same("vocab_size", new int[] {tokenizer.vocabSize()}, size));
    }
    strings(tokenizer, expected.path("strings"), comparisons);
    Path text = expectedFile.resolveSibling("text.txt");
    if (expected.has("text_token_count") && Files.exists(text)) {
      text(tokenizer, Files.readString(text), expected, comparisons);
    }
    return comparisons.isEmpty()
        ? new Outcome.Unreadable("holds nothing to compare with")
        : new Outcome.Compared(comparisons, List.of());
  }

  /** A tokenizer for comparison need not name a token that ends documents. */
  private static Tokenizer load(Path file) throws IOException {
    TokenizerJson json = TokenizerJson.read(file);
    try {
      return Tokenizer.load(json);
    } catch (InvalidTokenizerException e) {
      return Tokenizer.load(json, 0);
    }
  }

  private static void strings(Tokenizer tokenizer, JsonNode rows, List<Comparison> comparisons) {
    if (rows.isEmpty()) {
      return;
    }
    int ids = 0;
    int texts = 0;
    String first = "";
    for (JsonNode row : rows) {
      int[] expected = row.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
      String text = row.path("text").stringValue();
      boolean encoded = Arrays.equals(tokenizer.encode(text), expected);
      boolean decoded =
          !row.has("decoded")
              || tokenizer.decode(expected).equals(row.path("decoded").stringValue());
      first = first.isEmpty() && !(encoded && decoded) ? "first: " + row.path("text") : first;
      ids += encoded ? 0 : 1;
      texts += decoded ? 0 : 1;
    }
    String of = " of %d strings".formatted(rows.size());
    comparisons.add(new Comparison("ids" + of, Measure.DIFFERENT, ids, 0, first));
    comparisons.add(new Comparison("decoded" + of, Measure.DIFFERENT, texts, 0, first));
  }

  private static void text(
      Tokenizer tokenizer, String text, JsonNode expected, List<Comparison> comparisons) {
    int[] ids = tokenizer.encode(text);
    int[] count = {expected.path("text_token_count").intValue()};
    comparisons.add(same("text_token_count", new int[] {ids.length}, count));
    int[] first =
        expected.path("text_ids_first_200").valueStream().mapToInt(JsonNode::intValue).toArray();
    int[] ours = Arrays.copyOf(ids, Math.min(ids.length, first.length));
    comparisons.add(same("text_ids_first_200", ours, first));
    JsonNode checksum = expected.path("text_ids_checksum_polynomial_31_mod_2_61_minus_1");
    if (checksum.isIntegralNumber()) {
      boolean equal = checksum(ids).equals(checksum.bigIntegerValue());
      comparisons.add(
          new Comparison("checksum of all ids", Measure.DIFFERENT, equal ? 0 : 1, 0, ""));
    }
  }

  /** h = 31 h + id + 1 over all ids, modulo 2^61 - 1. */
  private static BigInteger checksum(int[] ids) {
    BigInteger h = BigInteger.ZERO;
    for (int id : ids) {
      h = h.multiply(BigInteger.valueOf(31)).add(BigInteger.valueOf(id + 1L)).mod(MODULUS);
    }
    return h;
  }

  private static Comparison same(String label, int[] ours, int[] expected) {
    boolean equal = Arrays.equals(ours, expected);
    String remark = equal || ours.length != 1 ? "" : ours[0] + " instead of " + expected[0];
    return new Comparison(label, Measure.DIFFERENT, equal ? 0 : 1, 0, remark);
  }
}
