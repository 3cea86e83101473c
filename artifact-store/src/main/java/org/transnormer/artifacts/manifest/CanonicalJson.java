package org.transnormer.artifacts.manifest;

import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON with sorted keys and no whitespace, so that equal content has equal bytes. Numbers are
 * written as Java writes a long or a double; NaN and infinities are refused.
 */
public final class CanonicalJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private CanonicalJson() {}

  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(sorted(node));
  }

  /** Refuses duplicate keys and anything after the value. */
  public static JsonNode parse(byte[] json) {
    return MAPPER.readTree(json);
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A record or map as a JSON tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      TreeMap<String, JsonNode> properties = new TreeMap<>();
      object.properties().forEach(each -> properties.put(each.getKey(), sorted(each.getValue())));
      ObjectNode result = MAPPER.createObjectNode();
      properties.forEach(result::set);
      return result;
    }
    if (node instanceof ArrayNode array) {
      List<JsonNode> elements = array.valueStream().map(CanonicalJson::sorted).toList();
      return MAPPER.createArrayNode().addAll(elements);
    }
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException("canonical JSON has no NaN and no infinity");
    }
    return node;
  }
}
