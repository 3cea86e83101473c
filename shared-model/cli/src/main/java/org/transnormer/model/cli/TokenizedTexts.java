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
import java.util.Set;
import java.util.stream.IntStream;
import org.transnormer.model.cli.TextDocuments.Document;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * Makes a token set of local texts. Documents are held out as a whole and by digest, so that equal
 * ones are on the same side: a line of JSONL by its text's, a text file, which is one document, by
 * its bytes'. Only where the text files are too few for the share to make one is the end of each
 * held out instead.
 *
 * @param heldout share of the documents, or of each of a few text files
 */
record TokenizedTexts(TextDocuments documents, Tokenizer tokenizer, double heldout) {

  private static final long TOKENS_PER_PART = 1L << 28;

  TokenizedTexts {
    if (!(heldout >= 0 && heldout < 1)) {
      throw new IllegalArgumentException("the held-out share must be in [0, 1), is " + heldout);
    }
  }

  /**
   * @param folder that is there, overwritten; a token set once this returns
   */
  TokenSetHeader write(Path folder, Progress progress) throws IOException {
    List<String> digests = new ArrayList<>();
    for (Path file : documents.files()) {
      digests.add(HexFormat.of().formatHex(digest(file)));
    }
    Set<String> out = heldoutFiles(digests);
    long[] tokens = {0};
    String source = HexFormat.of().formatHex(sha256(String.join("\n", digests)));
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, tokenizer, source, digests, TOKENS_PER_PART)) {
      documents.each(document -> {
        if (!document.whole()) {
          byte[] digest = sha256(document.text());
          long drawn = ByteBuffer.wrap(digest).getLong(16) >>> 1;
          tokens[0] += add(writer, document, drawn < heldout * Long.MAX_VALUE ? 1 : 0);
        } else if (out.isEmpty()) {
          tokens[0] += add(writer, document, heldout);
        } else {
          String digest = digests.get(document.file());
          tokens[0] += add(writer, document, out.contains(digest) ? 1 : 0);
        }
        progress.at(document.read(), "%,d tokens".formatted(tokens[0]));
      });
      return writer.finish();
    }
  }

  /**
   * Digests of the text files that are held out, the smallest ones; none where the share makes no
   * file.
   */
  private Set<String> heldoutFiles(List<String> digests) {
    List<String> whole =
        IntStream.range(0, digests.size())
            .filter(i -> !TextDocuments.isLines(documents.files().get(i)))
            .mapToObj(digests::get)
            .sorted()
            .toList();
    return Set.copyOf(whole.subList(0, (int) Math.round(whole.size() * heldout)));
  }

  /**
   * @param share of the document, from its end, that is held out
   * @return tokens of the document
   */
  private int add(TokenSetWriter writer, Document document, double share) throws IOException {
    int[] ids = tokenizer.encode(document.text());
    long bytes = document.text().getBytes(StandardCharsets.UTF_8).length;
    String id = HexFormat.of().formatHex(sha256(document.text()), 0, 16);
    DocumentRef ref = new DocumentRef(id, document.file(), document.ordinal());
    int kept = (int) Math.round(ids.length * (1 - share));
    long keptBytes = ids.length == 0 ? 0 : Math.round((double) bytes * kept / ids.length);
    if (kept > 0) {
      writer.add(Split.TRAIN, ref, Arrays.copyOf(ids, kept), keptBytes);
    }
    if (kept < ids.length) {
      writer.add(Split.HELDOUT, ref, Arrays.copyOfRange(ids, kept, ids.length), bytes - keptBytes);
    }
    return ids.length;
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
