package org.transnormer.artifacts.documents;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One document as it lies in a shard.
 *
 * @param id 32 lower-case hex digits
 * @param source name of the source it came from
 * @param metadata url, language, licence, path, ...; never a time of ingestion. Ordered by key.
 */
public record Document(String id, String text, String source, Map<String, String> metadata) {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  public Document {
    requireId(id);
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /** Returns the argument, or refuses text that cannot be a document's id. */
  public static String requireId(String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException("a document id has 32 lower-case hex digits");
    }
    return id;
  }

  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  public Document withText(String other) {
    return new Document(id, other, source, metadata);
  }
}
