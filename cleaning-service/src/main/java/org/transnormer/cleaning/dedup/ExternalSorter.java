package org.transnormer.cleaning.dedup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sorts any number of records of equal width by their bytes, in bounded memory: full blocks are
 * sorted and spilled, and spills are merged as soon as there are many of them, so that neither
 * buffers nor open files grow with the data. Not thread-safe.
 */
final class ExternalSorter implements AutoCloseable {

  /** Takes the sorted records; the array is reused, the record starts at the offset. */
  @FunctionalInterface
  interface Records {
    void record(byte[] bytes, int offset) throws IOException;
  }

  private static final int FAN_IN = 64;
  private static final int LEAST_BUFFER = 4 << 10;
  private static final int FIRST_BLOCK = 64 << 10;

  private final Path scratch;
  private final int width;
  private final int blockRecords;
  private final int bufferBytes;

  /** Spills by how often their records were merged. */
  private final List<List<Path>> levels = new ArrayList<>();

  private byte[] block;
  private int count;

  /**
   * @param budget bytes of heap for records
   */
  ExternalSorter(Path scratch, int width, long budget) throws IOException {
    Files.createDirectories(scratch);
    this.scratch = scratch;
    this.width = width;
    long bytes = Math.clamp(budget, (long) FIRST_BLOCK, 1L << 30);
    this.blockRecords = (int) (bytes / width);
    this.bufferBytes = (int) Math.clamp(bytes / FAN_IN, LEAST_BUFFER, 1 << 20);
    this.block = new byte[Math.min(blockRecords, FIRST_BLOCK / width) * width];
  }

  void add(byte[] record) throws IOException {
    if (count == blockRecords) {
      spill();
    }
    if ((count + 1) * width > block.length) {
      long larger = Math.min((long) blockRecords * width, 2L * block.length);
      block = Arrays.copyOf(block, (int) larger);
    }
    System.arraycopy(record, 0, block, count * width, width);
    count++;
  }

  /** Hands over every record in order and forgets them. */
  void drain(Records records) throws IOException {
    if (levels.isEmpty()) {
      RecordSort.sort(block, count, width);
      for (int i = 0; i < count; i++) {
        records.record(block, i * width);
      }
      count = 0;
      return;
    }
    spill();
    block = new byte[0];
    List<Path> all = levels.stream().flatMap(List::stream).toList();
    merge(all, records);
    delete(all);
    levels.clear();
  }

  private void spill() throws IOException {
    RecordSort.sort(block, count, width);
    Path file = Files.createTempFile(scratch, "sort-", ".run");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(block, 0, count * width);
    }
    count = 0;
    place(file, 0);
  }

  private void place(Path file, int level) throws IOException {
    if (levels.size() == level) {
      levels.add(new ArrayList<>());
    }
    List<Path> files = levels.get(level);
    files.add(file);
    if (files.size() < FAN_IN) {
      return;
    }
    Path merged = Files.createTempFile(scratch, "sort-", ".run");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(merged), bufferBytes)) {
      merge(files, (bytes, offset) -> out.write(bytes, offset, width));
    }
    delete(files);
    files.clear();
    place(merged, level + 1);
  }

  private void merge(List<Path> files, Records records) throws IOException {
    List<RecordSource> sources = new ArrayList<>();
    try {
      for (Path file : files) {
        sources.add(new RecordSource(Files.newInputStream(file), width, bufferBytes));
      }
      new RecordMerge(sources, width)
          .drain((source, bytes, offset) -> records.record(bytes, offset));
    } finally {
      for (RecordSource source : sources) {
        source.close();
      }
    }
  }

  private static void delete(List<Path> files) throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() throws IOException {
    for (List<Path> level : levels) {
      delete(level);
    }
    levels.clear();
    block = new byte[0];
  }
}
