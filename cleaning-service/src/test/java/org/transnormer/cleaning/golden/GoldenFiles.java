package org.transnormer.cleaning.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden files, by document id. */
final class GoldenFiles {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private GoldenFiles() {}

  static Map<String, JsonNode> lines(String name) {
    Map<String, JsonNode> byId = new LinkedHashMap<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(new GZIPInputStream(open(name)), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        JsonNode node = MAPPER.readTree(line);
        byId.put(node.get("id").asString(), node);
      }
      return byId;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String name) {
    try (InputStream in = open(name)) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(
        GoldenFiles.class.getResourceAsStream("/golden/cleaning/" + name), name);
  }
}
