package org.transnormer.cleaning.dedup;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.io.InputStream;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;

/** Reads sections of one shard's run and compares each with the checksum in the index. */
final class RunReader {
  private final ObjectStore store;
  private final String key;
  private final RunIndex index;

  private RunReader(ObjectStore store, String key, RunIndex index) {
    this.store = store;
    this.key = key;
    this.index = index;
  }

  static RunReader open(ObjectStore store, String prefix, RunFormat format) throws IOException {
    Manifest manifest = Manifest.read(store, prefix, RunFormat.MANIFEST);
    StoredObject run = object(manifest, prefix, format.run());
    StoredObject index = object(manifest, prefix, format.index());
    byte[] bytes = store.readAll(index.key(), RunIndex.MAX_BYTES);
    if (!Digests.sha256(bytes).equals(index.sha256())) {
      throw new CorruptArtifactException(index.key(), "SHA-256 differs from the manifest");
    }
    return new RunReader(
        store,
        run.key(),
        RunIndex.parse(bytes, index.key(), format.bands(), format.recordWidth(), run.size()));
  }

  private static StoredObject object(Manifest manifest, String prefix, String name)
      throws CorruptArtifactException {
    return manifest
        .object(name)
        .orElseThrow(() -> new CorruptArtifactException(prefix, "names no " + name))
        .at(prefix);
  }

  /**
   * The records of neighbouring sections of a band. The store is asked for a buffer's worth at a
   * time, so that a merge of many runs holds no file open.
   */
  RecordSource records(int band, int fromSection, int toSection, int bufferBytes) {
    return new RecordSource(
        new Sections(band, fromSection, toSection, bufferBytes), index.recordWidth(), bufferBytes);
  }

  private final class Sections extends InputStream {
    private final int band;
    private final int end;
    private final int chunk;
    private final HashStream64 hash = Hashing.xxh3_64().hashStream();
    private int section;
    private long position;
    private long left;

    Sections(int band, int from, int to, int chunk) {
      this.band = band;
      this.section = from;
      this.end = to;
      this.chunk = chunk;
      this.position = index.offset(band, from);
      this.left = from < to ? index.bytes(band, from) : 0;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      while (left == 0 && section < end) {
        endSection();
      }
      if (section >= end) {
        return -1;
      }
      int wanted = (int) Math.min(Math.min(length, chunk), left);
      try (InputStream in = store.open(key, position, wanted)) {
        if (in.readNBytes(bytes, offset, wanted) != wanted) {
          throw new CorruptArtifactException(key, "ends before its index says so");
        }
      }
      hash.putBytes(bytes, offset, wanted);
      position += wanted;
      left -= wanted;
      return wanted;
    }

    private void endSection() throws CorruptArtifactException {
      if (index.bytes(band, section) > 0 && hash.getAsLong() != index.checksum(band, section)) {
        throw new CorruptArtifactException(
            key, "checksum of band %d, section %d differs".formatted(band, section));
      }
      hash.reset();
      section++;
      left = section < end ? index.bytes(band, section) : 0;
    }
  }
}
