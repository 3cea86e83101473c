package org.transnormer.artifacts.store;

import java.util.regex.Pattern;

/**
 * Keys of objects: relative, segments of {@code [A-Za-z0-9._-]} separated by single slashes. No
 * segment starts with a dot, so neither {@code ..} nor a hidden file can be named.
 */
public final class ObjectKeys {
  private static final int MAX_LENGTH = 1000;
  private static final int MAX_SEGMENT_LENGTH = 200;
  private static final Pattern SEGMENT =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0," + (MAX_SEGMENT_LENGTH - 1) + "}");

  private ObjectKeys() {}

  /** Returns the key, or refuses it with its reason. */
  public static String requireKey(String key) {
    if (key.isEmpty() || key.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "an object key has 1 to " + MAX_LENGTH + " characters, not " + key.length());
    }
    for (String segment : key.split("/", -1)) {
      if (!SEGMENT.matcher(segment).matches()) {
        throw new IllegalArgumentException("illegal segment '" + segment + "' in object key");
      }
    }
    return key;
  }

  /** A prefix is empty, a key, or a key followed by one slash. */
  public static String requirePrefix(String prefix) {
    if (!prefix.isEmpty()) {
      requireKey(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    }
    return prefix;
  }

  /** Joins a prefix, with or without its last slash, and a name below it. */
  public static String join(String prefix, String name) {
    requirePrefix(prefix);
    String key = prefix.isEmpty() || prefix.endsWith("/") ? prefix + name : prefix + "/" + name;
    return requireKey(key);
  }

  /** The prefix without its last slash. */
  public static String folder(String prefix) {
    requirePrefix(prefix);
    return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }
}
