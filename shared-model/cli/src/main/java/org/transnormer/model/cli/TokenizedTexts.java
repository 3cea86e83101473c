package org.transnormer.model.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.transnormer.model.cli.TextDocuments.Document;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * Makes a token set of local texts. A line of JSONL is held out as a whole, by the digest of its
 * text, so that equal documents are on the same side; of a text file, which is one document, the
 * end is held out.
 *
 * @param heldout share of the documents, or of each text file
 */
record TokenizedTexts(TextDocuments documents, Tokenizer tokenizer, double heldout) {

  private static final long TOKENS_PER_PART = 1L << 28;

  TokenizedTexts {
    if (!(heldout >= 0 && heldout < 1)) {
      throw new IllegalArgumentException("the held-out share must be in [0, 1), is " + heldout);
    }
  }

  /**
   * @param folder overwritten; a token set once this returns
   */
  TokenSetHeader write(Path folder, Progress progress) throws IOException {
    Files.createDirectories(folder);
    List<String> digests = new ArrayList<>();
    for (Path file : documents.files()) {
      digests.add(HexFormat.of().formatHex(digest(file)));
    }
    long[] read = {0};
    String source = HexFormat.of().formatHex(sha256(String.join("\n", digests)));
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, tokenizer, source, digests, TOKENS_PER_PART)) {
      documents.each(document -> {
        add(writer, document);
        read[0] += document.text().length();
        progress.at(read[0], "%,d characters".formatted(read[0]));
      });
      return writer.finish();
    }
  }

  private void add(TokenSetWriter writer, Document document) throws IOException {
    int[] ids = tokenizer.encode(document.text());
    byte[] digest = sha256(document.text());
    long bytes = document.text().getBytes(StandardCharsets.UTF_8).length;
    String id = HexFormat.of().formatHex(digest, 0, 16);
    DocumentRef ref = new DocumentRef(id, document.file(), document.ordinal());
    int kept = document.whole() ? (int) Math.round(ids.length * (1 - heldout)) : ids.length;
    if (kept < ids.length) {
      long share = Math.round((double) bytes * kept / ids.length);
      writer.add(Split.TRAIN, ref, Arrays.copyOf(ids, kept), share);
      writer.add(Split.HELDOUT, ref, Arrays.copyOfRange(ids, kept, ids.length), bytes - share);
    } else {
      long drawn = ByteBuffer.wrap(digest).getLong(16) >>> 1;
      boolean out = !document.whole() && drawn < heldout * Long.MAX_VALUE;
      writer.add(out ? Split.HELDOUT : Split.TRAIN, ref, ids, bytes);
    }
  }

  private static byte[] sha256(String text) {
    return digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] digest(Path file) throws IOException {
    MessageDigest digest = digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return digest.digest();
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
