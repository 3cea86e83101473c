package org.transnormer.artifacts.documents;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** A document as one line of JSON: keys id, text, source, metadata in this order. */
final class DocumentLines {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(ShardLimits.MAX_FRAME_BYTES)
                          .maxNestingDepth(8)
                          .build())
                  .build())
          .build();

  private DocumentLines() {}

  /** The line with its line feed. */
  static byte[] encode(Document document) {
    requireUnicode(document);
    ByteArrayOutputStream out = new ByteArrayOutputStream(document.text().length() + 256);
    try (JsonGenerator json = MAPPER.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("id", document.id());
      json.writeStringProperty("text", document.text());
      json.writeStringProperty("source", document.source());
      json.writeObjectPropertyStart("metadata");
      document.metadata().forEach(json::writeStringProperty);
      json.writeEndObject();
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  /** Half a surrogate pair has no UTF-8 form; a reader would get another text than was written. */
  private static void requireUnicode(Document document) {
    boolean legal =
        isUnicode(document.text())
            && isUnicode(document.source())
            && document.metadata().entrySet().stream()
                .allMatch(entry -> isUnicode(entry.getKey()) && isUnicode(entry.getValue()));
    if (!legal) {
      throw new IllegalArgumentException("document " + document.id() + " is not valid Unicode");
    }
  }

  private static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /**
   * @throws IllegalArgumentException when the bytes are not such a line
   */
  static Document decode(byte[] bytes, int offset, int length) {
    try (JsonParser json = MAPPER.createParser(bytes, offset, length)) {
      Document document = document(json);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("more than one value on a line");
      }
      return document;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a document: " + e.getOriginalMessage(), e);
    }
  }

  private static Document document(JsonParser json) {
    require(json.nextToken(), JsonToken.START_OBJECT);
    @Nullable String id = null;
    @Nullable String text = null;
    @Nullable String source = null;
    Map<String, String> metadata = Map.of();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      require(json.currentToken(), JsonToken.PROPERTY_NAME);
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "id" -> id = string(json);
        case "text" -> text = string(json);
        case "source" -> source = string(json);
        case "metadata" -> metadata = metadata(json);
        default -> json.skipChildren();
      }
    }
    if (id == null || text == null || source == null) {
      throw new IllegalArgumentException("a document has id, text and source");
    }
    return new Document(id, text, source, metadata);
  }

  private static Map<String, String> metadata(JsonParser json) {
    require(json.currentToken(), JsonToken.START_OBJECT);
    Map<String, String> metadata = new TreeMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      require(json.currentToken(), JsonToken.PROPERTY_NAME);
      String name = json.currentName();
      json.nextToken();
      metadata.put(name, string(json));
    }
    return metadata;
  }

  private static String string(JsonParser json) {
    require(json.currentToken(), JsonToken.VALUE_STRING);
    return json.getString();
  }

  private static void require(@Nullable JsonToken actual, JsonToken expected) {
    if (actual != expected) {
      throw new IllegalArgumentException("expected " + expected + ", found " + actual);
    }
  }

  /** Bytes of the text in UTF-8, without making them. */
  static long utf8Bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a surrogate pair counts two of its four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
