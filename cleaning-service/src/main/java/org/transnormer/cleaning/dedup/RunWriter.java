package org.transnormer.cleaning.dedup;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;

/** Collects the keys of one shard and writes them sorted, with an index of sections. */
final class RunWriter implements AutoCloseable {
  private final ObjectStore store;
  private final String prefix;
  private final RunFormat format;
  private final ExternalSorter sorter;

  /** Band, key, ordinal. */
  private final ByteBuffer record;

  RunWriter(ObjectStore store, String prefix, RunFormat format, Path scratch, long budget)
      throws IOException {
    this.store = store;
    this.prefix = prefix;
    this.format = format;
    this.record = ByteBuffer.allocate(1 + format.recordWidth());
    this.sorter = new ExternalSorter(scratch, 1 + format.recordWidth(), budget);
  }

  void add(int band, long key, int ordinal) throws IOException {
    sorter.add(record.clear().put((byte) band).putLong(key).putInt(ordinal).array());
  }

  void add(long high, long low, int ordinal) throws IOException {
    sorter.add(record.clear().put((byte) 0).putLong(high).putLong(low).putInt(ordinal).array());
  }

  List<Manifest.Entry> write() throws IOException {
    RunIndex index = RunIndex.empty(format.bands(), format.recordWidth());
    Manifest.Entry run;
    try (ObjectWriter object = store.create(prefix + "/" + format.run())) {
      OutputStream out = new BufferedOutputStream(object, 1 << 16);
      HashStream64 hash = Hashing.xxh3_64().hashStream();
      int[] open = {-1};
      sorter.drain((bytes, offset) -> {
        int section = bytes[offset] * RunIndex.SECTIONS + ((bytes[offset + 1] & 0xFF) >>> 2);
        if (section != open[0]) {
          end(index, open[0], hash);
          open[0] = section;
        }
        index.counts()[section]++;
        hash.putBytes(bytes, offset + 1, format.recordWidth());
        out.write(bytes, offset + 1, format.recordWidth());
      });
      end(index, open[0], hash);
      out.flush();
      run = Manifest.Entry.of(prefix, object.commit());
    }
    return List.of(
        run, Manifest.Entry.of(prefix, store.put(prefix + "/" + format.index(), index.bytes())));
  }

  private static void end(RunIndex index, int section, HashStream64 hash) {
    if (section >= 0) {
      index.checksums()[section] = hash.getAsLong();
      hash.reset();
    }
  }

  @Override
  public void close() throws IOException {
    sorter.close();
  }
}
