package org.transnormer.cleaning.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signatures of datatrove 0.10.1, bit for bit. */
class MinHashGoldenTest {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private static List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(new GZIPInputStream(open(name)), UTF_8))) {
      reader.lines().forEach(line -> lines.add(MAPPER.readTree(line)));
    }
    return lines;
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(
        MinHashGoldenTest.class.getResourceAsStream("/golden/cleaning/" + name), name);
  }

  private static Map<String, String> texts() throws IOException {
    Map<String, String> texts = new HashMap<>();
    lines("documents.jsonl.gz")
        .forEach(line -> texts.put(line.get("id").asString(), line.get("text").asString()));
    return texts;
  }

  @Test
  void simplifiesTextsAsTheReferenceDoes() throws IOException {
    Map<String, String> texts = texts();
    for (JsonNode line : lines("minhash.jsonl.gz")) {
      String id = line.get("id").asString();
      assertThat(ShingleText.simplify(Objects.requireNonNull(texts.get(id))))
          .as(id)
          .isEqualTo(line.get("simplified").asString());
    }
  }

  @Test
  void signsAsTheReferenceDoes() throws IOException {
    Map<String, String> texts = texts();
    MinHash minHash = golden();
    List<String> differing = new ArrayList<>();
    int signed = 0;
    for (JsonNode line : lines("minhash.jsonl.gz")) {
      String id = line.get("id").asString();
      Optional<long[]> signature = minHash.signature(Objects.requireNonNull(texts.get(id)));
      JsonNode golden = line.get("signature");
      assertThat(signature.isPresent()).as(id).isEqualTo(!golden.isNull());
      if (signature.isPresent()) {
        signed++;
        if (!unsigned(golden).equals(java.util.Arrays.stream(signature.get()).boxed().toList())) {
          differing.add(id);
        }
      }
    }
    assertThat(signed).isGreaterThan(200);
    assertThat(differing).isEmpty();
  }

  private static List<Long> unsigned(JsonNode bands) {
    return bands
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .map(value -> Long.parseUnsignedLong(value.asString()))
        .toList();
  }

  private static MinHash golden() throws IOException {
    JsonNode parameters;
    try (InputStream in = open("minhash-parameters.json")) {
      parameters = MAPPER.readTree(in);
    }
    return new MinHash(5, longs(parameters.get("a")), longs(parameters.get("b")));
  }

  private static long[] longs(JsonNode list) {
    return list.valueStream()
        .mapToLong(value -> Long.parseUnsignedLong(value.asString()))
        .toArray();
  }
}
