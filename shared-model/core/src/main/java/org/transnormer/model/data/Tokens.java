package org.transnormer.model.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The tokens of one split as one sequence, and the documents that they belong to. */
public final class Tokens {

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int DOCUMENT_ENTRY = DocumentRef.ID_BYTES + 2 * Integer.BYTES;

  private record Part(
      Path file,
      long firstToken,
      long firstDocument,
      long tokens,
      long documents,
      MemorySegment ids,
      MemorySegment ends,
      MemorySegment refs) {}

  private final List<Part> parts;
  private final int vocabSize;
  private final int width;
  private final long size;
  private final long documents;

  private Tokens(List<Part> parts, int vocabSize, long size, long documents) {
    this.parts = parts;
    this.vocabSize = vocabSize;
    this.width = TokenSetHeader.bytesPerToken(vocabSize);
    this.size = size;
    this.documents = documents;
  }

  static Tokens map(Path folder, TokenSetHeader header, Split split, Arena arena)
      throws IOException {
    List<Part> parts = new ArrayList<>();
    long tokens = 0;
    long documents = 0;
    for (TokenPart info : header.parts(split)) {
      Path file = folder.resolve(info.tokensFile());
      Part part =
          new Part(
              file,
              tokens,
              documents,
              info.tokens(),
              info.documents(),
              map(file, info.tokens(), header.bytesPerToken(), arena),
              map(folder.resolve(info.endsFile()), info.documents(), Long.BYTES, arena),
              map(folder.resolve(info.documentsFile()), info.documents(), DOCUMENT_ENTRY, arena));
      checkEnds(folder.resolve(info.endsFile()), part);
      parts.add(part);
      tokens += info.tokens();
      documents += info.documents();
    }
    return new Tokens(parts, header.vocabSize(), tokens, documents);
  }

  private static MemorySegment map(Path file, long count, int bytes, Arena arena)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (count < 0 || count > Long.MAX_VALUE / bytes || size != count * bytes) {
        throw new CorruptTokenSetException(
            file, "has %d bytes, described are %d entries of %d".formatted(size, count, bytes));
      }
      return channel.map(MapMode.READ_ONLY, 0, size, arena);
    }
  }

  private static void checkEnds(Path file, Part part) {
    long last = 0;
    for (long d = 0; d < part.documents; d++) {
      long end = part.ends.getAtIndex(U64, d);
      if (end <= last || end > part.tokens) {
        throw new CorruptTokenSetException(
            file, "document %d ends at token %d, the one before at %d".formatted(d, end, last));
      }
      last = end;
    }
    if (last != part.tokens) {
      throw new CorruptTokenSetException(
          file, "ends at token %d of %d".formatted(last, part.tokens));
    }
  }

  /** Number of tokens. */
  public long size() {
    return size;
  }

  public long documents() {
    return documents;
  }

  /**
   * Reads tokens [from, from + length).
   *
   * @param target overwritten from {@code offset} on
   * @throws CorruptTokenSetException if a token is outside the vocabulary
   */
  public void read(long from, int[] target, int offset, int length) {
    if (from < 0 || length < 0 || from > size - length) {
      throw new IndexOutOfBoundsException("[%d, +%d) of %d".formatted(from, length, size));
    }
    int done = 0;
    for (int p = partOfToken(from); done < length; p++) {
      Part part = parts.get(p);
      long at = from + done - part.firstToken;
      int n = (int) Math.min(length - done, part.tokens - at);
      copy(part, at, target, offset + done, n);
      done += n;
    }
  }

  private void copy(Part part, long at, int[] target, int offset, int length) {
    for (int i = 0; i < length; i++) {
      int id =
          width == Short.BYTES
              ? Short.toUnsignedInt(part.ids.getAtIndex(U16, at + i))
              : part.ids.getAtIndex(U32, at + i);
      if (id < 0 || id >= vocabSize) {
        throw new CorruptTokenSetException(
            part.file,
            "token %d is %s, the vocabulary has %d"
                .formatted(at + i, Integer.toUnsignedString(id), vocabSize));
      }
      target[offset + i] = id;
    }
  }

  /** {@link #read} into a new array. */
  public int[] read(long from, int length) {
    int[] target = new int[length];
    read(from, target, 0, length);
    return target;
  }

  /** Rows of {@code length} tokens that follow each other, from token {@code from} on. */
  public Batch rows(long from, int rows, int length) {
    return Batch.read(rows, length, row -> new Batch.Place(this, from + (long) row * length));
  }

  /** Number of tokens up to and including the document's last. */
  public long documentEnd(long document) {
    Part part = parts.get(partOfDocument(document));
    return part.firstToken + part.ends.getAtIndex(U64, document - part.firstDocument);
  }

  public long documentStart(long document) {
    return document == 0 ? 0 : documentEnd(document - 1);
  }

  public DocumentRef document(long document) {
    Part part = parts.get(partOfDocument(document));
    long at = (document - part.firstDocument) * DOCUMENT_ENTRY;
    byte[] id = part.refs.asSlice(at, DocumentRef.ID_BYTES).toArray(ValueLayout.JAVA_BYTE);
    return new DocumentRef(
        HexFormat.of().formatHex(id),
        part.refs.get(U32, at + DocumentRef.ID_BYTES),
        part.refs.get(U32, at + DocumentRef.ID_BYTES + Integer.BYTES));
  }

  /** The document that a token belongs to. */
  public long documentAt(long token) {
    Part part = parts.get(partOfToken(token));
    long within = token - part.firstToken;
    long low = 0;
    long high = part.documents - 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (part.ends.getAtIndex(U64, middle) > within) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return part.firstDocument + low;
  }

  private int partOfToken(long token) {
    if (token < 0 || token > size) {
      throw new IndexOutOfBoundsException("token %d of %d".formatted(token, size));
    }
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      Part part = parts.get(middle);
      if (part.firstToken + part.tokens > token) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private int partOfDocument(long document) {
    if (document < 0 || document >= documents) {
      throw new IndexOutOfBoundsException("document %d of %d".formatted(document, documents));
    }
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      Part part = parts.get(middle);
      if (part.firstDocument + part.documents > document) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
