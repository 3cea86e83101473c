package org.transnormer.artifacts.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.UUID;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.failpoints.FailPoints;

/** Writes beside the objects, syncs, then moves into place within the same file system. */
final class LocalObjectWriter extends ObjectWriter {
  private enum State {
    OPEN,
    FAILED,
    COMMITTED,
    CLOSED
  }

  private static final int MOVE_ATTEMPTS = 5;

  private final LocalObjectStore store;
  private final String key;
  private final Path file;
  private final FileChannel channel;
  private final MessageDigest digest = Digests.newSha256();
  private long size;
  private State state = State.OPEN;

  LocalObjectWriter(LocalObjectStore store, String key) throws IOException {
    this.store = store;
    this.key = key;
    this.file = store.uncommitted().resolve(UUID.randomUUID().toString());
    this.channel = FileChannel.open(file, CREATE_NEW, WRITE);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    digest.update(bytes, offset, length);
    size += length;
  }

  @Override
  public StoredObject commit() throws IOException {
    requireOpen();
    FailPoints.hit("store.beforeCommit");
    try {
      channel.force(true);
      channel.close();
      Path target = moveIntoPlace();
      LocalObjectStore.syncFolder(LocalObjectStore.parent(target));
    } catch (IOException e) {
      throw failed(e);
    }
    state = State.COMMITTED;
    FailPoints.hit("store.afterCommit");
    return new StoredObject(key, size, Digests.hex(digest.digest()));
  }

  /** A deletion beside us may remove the folder while it is still empty: then once more. */
  private Path moveIntoPlace() throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path target = store.target(key);
      try {
        return Files.move(
            file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (NoSuchFileException e) {
        if (attempt == MOVE_ATTEMPTS || !Files.exists(file)) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (state == State.OPEN || state == State.FAILED) {
      state = State.CLOSED;
      discard();
    }
  }

  private IOException failed(IOException cause) {
    state = State.FAILED;
    try {
      discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new IOException(
        "cannot write object %s after %d bytes: %s".formatted(key, size, cause.getMessage()),
        cause);
  }

  private void discard() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }

  private void requireOpen() throws IOException {
    if (state != State.OPEN) {
      throw new IOException(
          "writer of object " + key + " is " + state.name().toLowerCase(Locale.ROOT));
    }
  }
}
