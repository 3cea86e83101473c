package org.transnormer.model.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes one part of a split, for example by the worker that owns one document shard; the parts'
 * {@link TokenPart}s then make up the {@link TokenSetHeader}.
 */
public final class TokenPartWriter implements AutoCloseable {

  private static final int DOCUMENT_ENTRY = DocumentRef.ID_BYTES + 2 * Integer.BYTES;

  private final Split split;
  private final int number;
  private final int vocabSize;
  private final int eosToken;
  private final Output tokensOut;
  private final Output endsOut;
  private final Output documentsOut;
  private long tokens;
  private long documents;
  private long textBytes;

  private TokenPartWriter(
      Split split,
      int number,
      int vocabSize,
      int eosToken,
      Output tokens,
      Output ends,
      Output docs) {
    this.split = split;
    this.number = number;
    this.vocabSize = vocabSize;
    this.eosToken = eosToken;
    this.tokensOut = tokens;
    this.endsOut = ends;
    this.documentsOut = docs;
  }

  /** Overwrites what an earlier, unfinished attempt left in the folder. */
  public static TokenPartWriter create(
      Path folder, Split split, int number, int vocabSize, int eosToken) throws IOException {
    TokenPart names = new TokenPart(split, number, 0, 0, 0);
    Output tokens = new Output(folder.resolve(names.tokensFile()));
    try {
      Output ends = new Output(folder.resolve(names.endsFile()));
      try {
        Output documents = new Output(folder.resolve(names.documentsFile()));
        return new TokenPartWriter(split, number, vocabSize, eosToken, tokens, ends, documents);
      } catch (IOException e) {
        ends.close();
        throw e;
      }
    } catch (IOException e) {
      tokens.close();
      throw e;
    }
  }

  /**
   * Appends a document; the end-of-document token is added unless {@code ids} ends with it.
   *
   * @param bytes UTF-8 length of its text
   */
  public void add(DocumentRef document, int[] ids, long bytes) throws IOException {
    for (int id : ids) {
      if (id < 0 || id >= vocabSize) {
        throw new IllegalArgumentException(
            "document %s has token %d, vocabulary %d".formatted(document.id(), id, vocabSize));
      }
    }
    for (int id : ids) {
      put(id);
    }
    tokens += ids.length;
    if (ids.length == 0 || ids[ids.length - 1] != eosToken) {
      put(eosToken);
      tokens++;
    }
    endsOut.room(Long.BYTES).putLong(tokens);
    documentsOut
        .room(DOCUMENT_ENTRY)
        .put(document.idBytes())
        .putInt(document.shard())
        .putInt(document.ordinal());
    documents++;
    textBytes += bytes;
  }

  private void put(int id) throws IOException {
    if (TokenSetHeader.bytesPerToken(vocabSize) == 2) {
      tokensOut.room(Short.BYTES).putShort((short) id);
    } else {
      tokensOut.room(Integer.BYTES).putInt(id);
    }
  }

  public long tokens() {
    return tokens;
  }

  /** Forces everything to the disk. */
  public TokenPart finish() throws IOException {
    tokensOut.finish();
    endsOut.finish();
    documentsOut.finish();
    return new TokenPart(split, number, tokens, documents, textBytes);
  }

  @Override
  public void close() throws IOException {
    try (tokensOut;
        endsOut;
        documentsOut) {
      // closing is all there is to do
    }
  }

  private static final class Output implements AutoCloseable {
    private final FileChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);

    Output(Path file) throws IOException {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
    }

    ByteBuffer room(int bytes) throws IOException {
      if (buffer.remaining() < bytes) {
        flush();
      }
      return buffer;
    }

    private void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }

    void finish() throws IOException {
      flush();
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
