package org.transnormer.corpus.ingest.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a JSON record keeps its text and its metadata. A place is a top-level name, or a JSON
 * pointer (RFC 6901) when it begins with a slash. Without a word from the source, the layouts of
 * datatrove and dolma are read: {@code text, id, url, ...} beside a {@code metadata} object.
 */
final class RecordFields {
  static final String TEXT = "text";
  private static final String METADATA = "/metadata/";

  private final String text;

  /** Pointer to property, in order of precedence: what the source says comes first. */
  private final Map<String, String> properties = new LinkedHashMap<>();

  RecordFields(Map<String, String> configured) {
    text = pointer(configured.getOrDefault(TEXT, TEXT));
    configured.forEach((property, place) -> {
      if (!property.equals(TEXT)) {
        properties.put(pointer(place), property(property));
      }
    });
    for (String usual : List.of("id", "url", "language", "title")) {
      properties.putIfAbsent("/" + usual, property(usual));
    }
  }

  private static String pointer(String place) {
    return place.startsWith("/") ? place : "/" + place.replace("~", "~0").replace("/", "~1");
  }

  /** The name "id" is taken by the document's own. */
  private static String property(String name) {
    return name.equals("id") ? "recordId" : name;
  }

  boolean isText(String pointer) {
    return pointer.equals(text);
  }

  /** True when something below the pointer is wanted, so that the reader has to go in. */
  boolean leadsSomewhere(String pointer) {
    String below = pointer + "/";
    return below.equals(METADATA)
        || text.startsWith(below)
        || properties.keySet().stream().anyMatch(p -> p.startsWith(below));
  }

  boolean wanted(String pointer) {
    return isText(pointer)
        || properties.containsKey(pointer)
        || (pointer.startsWith(METADATA) && pointer.indexOf('/', METADATA.length()) < 0);
  }

  /**
   * The scalars found, by property: configured places win over usual names, those over metadata.
   */
  Map<String, String> metadata(Map<String, String> scalars) {
    Map<String, String> found = new LinkedHashMap<>();
    List<String> rest = new ArrayList<>(scalars.keySet());
    properties.forEach((pointer, property) -> {
      String value = scalars.get(pointer);
      if (value != null && rest.remove(pointer)) {
        found.putIfAbsent(property, value);
      }
    });
    for (String pointer : rest) {
      if (pointer.startsWith(METADATA)) {
        String name = pointer.substring(METADATA.length()).replace("~1", "/").replace("~0", "~");
        found.putIfAbsent(property(name), String.valueOf(scalars.get(pointer)));
      }
    }
    return found;
  }
}
