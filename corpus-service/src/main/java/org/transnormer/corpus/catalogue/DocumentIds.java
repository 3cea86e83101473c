package org.transnormer.corpus.catalogue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.transnormer.artifacts.digest.Digests;

/**
 * Ids of documents: 24 hex digits from source, path, place in the file and text, then 8 from the
 * source's name alone. The tail says which sources can hold an id, so that a look-up opens their
 * shards only.
 */
public final class DocumentIds {
  private static final int OWN_DIGITS = 24;
  private static final int SOURCE_DIGITS = 8;

  private DocumentIds() {}

  public static String of(String source, String path, long ordinalInFile, String text) {
    MessageDigest digest = Digests.newSha256();
    for (String part : new String[] {source, path, Long.toString(ordinalInFile), text}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }
    return Digests.hex(digest.digest()).substring(0, OWN_DIGITS) + ofSource(source);
  }

  /** The tail of every id from the source. */
  public static String ofSource(String source) {
    return Digests.sha256("source:" + source).substring(0, SOURCE_DIGITS);
  }

  public static String sourceOf(String documentId) {
    return documentId.substring(OWN_DIGITS);
  }
}
