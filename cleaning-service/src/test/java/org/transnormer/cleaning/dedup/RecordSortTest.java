package org.transnormer.cleaning.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSortTest {
  @TempDir Path scratch;

  @ParameterizedTest
  @CsvSource({
    "1,0,13,256",
    "2,1,13,256",
    "3,5000,13,2",
    "4,5000,20,256",
    "5,20000,16,1",
    "6,9999,9,3"
  })
  void sortsLikeAnObviousSort(long seed, int count, int width, int values) {
    byte[] records = random(seed, count, width, values);
    List<byte[]> expected = split(records, width);
    expected.sort(Arrays::compareUnsigned);

    RecordSort.sort(records, count, width);

    assertThat(split(records, width))
        .usingElementComparator(Arrays::compareUnsigned)
        .containsExactlyElementsOf(expected);
  }

  @Test
  void survivesInputThatQuicksortDislikes() {
    int width = 12;
    int count = 50_000;
    byte[] records = new byte[count * width];
    for (int i = 0; i < count; i++) {
      int value = i < count / 2 ? i : count - i;
      records[i * width] = (byte) (value >>> 8);
      records[i * width + 1] = (byte) value;
    }
    List<byte[]> expected = split(records, width);
    expected.sort(Arrays::compareUnsigned);

    RecordSort.sort(records, count, width);

    assertThat(Arrays.equals(join(expected), records)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1,0", "2,10", "3,4000", "4,400000"})
  void sortsMoreThanItsBudgetAndLeavesNothingBehind(long seed, int count) throws IOException {
    int width = 13;
    byte[] records = random(seed, count, width, 256);
    List<byte[]> expected = split(records, width);
    expected.sort(Arrays::compareUnsigned);

    List<byte[]> sorted = new ArrayList<>();
    try (ExternalSorter sorter = new ExternalSorter(scratch, width, 1)) {
      for (byte[] record : split(records, width)) {
        sorter.add(record);
      }
      sorter.drain(
          (bytes, offset) -> sorted.add(Arrays.copyOfRange(bytes, offset, offset + width)));
    }

    assertThat(Arrays.equals(join(sorted), join(expected))).isTrue();
    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
  }

  private static byte[] random(long seed, int count, int width, int values) {
    Random random = new Random(seed);
    byte[] records = new byte[count * width];
    for (int i = 0; i < records.length; i++) {
      records[i] = (byte) random.nextInt(values);
    }
    return records;
  }

  private static List<byte[]> split(byte[] records, int width) {
    List<byte[]> list = new ArrayList<>();
    for (int at = 0; at < records.length; at += width) {
      list.add(Arrays.copyOfRange(records, at, at + width));
    }
    return list;
  }

  private static byte[] join(List<byte[]> records) {
    int width = records.isEmpty() ? 0 : records.getFirst().length;
    byte[] joined = new byte[records.size() * width];
    for (int i = 0; i < records.size(); i++) {
      System.arraycopy(records.get(i), 0, joined, i * width, width);
    }
    return joined;
  }
}
