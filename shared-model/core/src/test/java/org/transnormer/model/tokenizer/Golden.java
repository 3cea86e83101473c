package org.transnormer.model.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden tokenizers: files made by the reference library, and what it answered. */
final class Golden {

  private Golden() {}

  record Row(String text, int[] ids, String decoded) {}

  static TokenizerJson tokenizer(String name) {
    return TokenizerJson.of(bytes(name + ".tokenizer.json"));
  }

  static String text() {
    return new String(bytes("text.txt"), StandardCharsets.UTF_8);
  }

  static JsonNode expected(String name) {
    return JsonMapper.shared().readTree(bytes(name + ".expected.json"));
  }

  static List<Row> rows(String name) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode row : expected(name).get("strings")) {
      rows.add(
          new Row(
              row.get("text").stringValue(),
              row.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray(),
              row.get("decoded").stringValue()));
    }
    return rows;
  }

  private static byte[] bytes(String file) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/tokenizer/" + file)) {
      if (in == null) {
        throw new IllegalStateException("no such golden file: " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
