package org.transnormer.corpus.ingest.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.SourceFormat;

class HostileFilesTest {
  private static final ReadingRules AUTO = ReadingRules.of(SourceFormat.AUTO);
  private static final byte[] LINE = "{\"text\":\"a line\"}\n".getBytes(StandardCharsets.UTF_8);

  @Test
  void readsGzipAndZstdWhateverTheyAreCalled() throws Exception {
    assertThat(Collected.read("a.jsonl.gz", gzip(LINE), AUTO).texts).containsExactly("a line");
    assertThat(Collected.read("a.jsonl.zst", Zstd.compress(LINE), AUTO).texts)
        .containsExactly("a line");
    assertThat(Collected.read("a.jsonl", gzip(LINE), AUTO).texts).containsExactly("a line");
  }

  @Test
  void readsEveryMemberOfAConcatenatedFile() throws Exception {
    byte[] gz = gzip(LINE);
    byte[] zst = Zstd.compress(LINE);

    assertThat(Collected.read("a.jsonl.gz", twice(gz), AUTO).texts).hasSize(2);
    assertThat(Collected.read("a.jsonl.zst", twice(zst), AUTO).texts).hasSize(2);
  }

  @Test
  void refusesBombs() throws Exception {
    byte[] zeros = " ".repeat(7 << 20).getBytes(StandardCharsets.UTF_8);

    assertThat(refusal("a.jsonl.gz", gzip(zeros))).isEqualTo(Reason.COMPRESSION_BOMB);
    assertThat(refusal("a.jsonl.zst", Zstd.compress(zeros))).isEqualTo(Reason.COMPRESSION_BOMB);
  }

  @Test
  void refusesWhatExpandsBeyondTheAbsoluteLimit() throws Exception {
    assertThat(refusal("a.jsonl.gz", gzip(letters(9 << 20)))).isEqualTo(Reason.COMPRESSION_BOMB);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.txt.gz", "a.html.gz", "a.eml.gz", "a.json.gz"})
  void refusesATruncatedArchive(String path) throws Exception {
    byte[] noise = new byte[4000];
    new Random(2).nextBytes(noise);
    byte[] gz = gzip(noise);

    assertThat(refusal(path.replace(".gz", ".jsonl.gz"), Arrays.copyOf(gz, gz.length / 2)))
        .isEqualTo(Reason.CORRUPT);
  }

  @Test
  void refusesATruncatedZstdFile() {
    byte[] noise = letters(200_000);
    byte[] zst = Zstd.compress(noise);

    assertThat(refusal("a.jsonl.zst", Arrays.copyOf(zst, zst.length / 2)))
        .isEqualTo(Reason.CORRUPT);
  }

  /** Two gigabytes on one line, in the memory of one line. */
  @Test
  void passesOverALineOfTwoGigabytes() throws Exception {
    InputStream endless = new Repeated((byte) 'x', 2L << 30);
    InputStream file =
        new java.io.SequenceInputStream(endless, new ByteArrayInputStream(twice(LINE)));

    Collected read = Collected.read("a.jsonl", file, AUTO, Collected.SMALL);

    assertThat(read.refusals).containsExactly(Reason.LINE_TOO_LONG);
    assertThat(read.texts).containsExactly("a line");
  }

  @ParameterizedTest
  @EnumSource(SourceFormat.class)
  void noiseNeverDoesMoreThanRefuse(SourceFormat format) {
    Random random = new Random(format.ordinal());
    for (int i = 0; i < 300; i++) {
      byte[] noise = new byte[random.nextInt(3000)];
      random.nextBytes(noise);
      for (String path : new String[] {"a", "a.jsonl", "a.json", "a.html", "a.eml"}) {
        try {
          Collected.read(path, noise, ReadingRules.of(format));
        } catch (RefusedFile refused) {
          assertThat(refused.reason()).isNotNull();
        }
      }
    }
  }

  @Test
  void aDiskErrorOfTheSourceIsTheFilesFault() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }
        };

    RefusedFile refused =
        catchThrowableOfType(
            RefusedFile.class, () -> Collected.read("a.txt", broken, AUTO, Collected.SMALL));

    assertThat(refused.reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(refused.detail()).isEqualTo("Input/output error");
  }

  @Test
  void aFailureOfTheSinkIsNot() {
    DocumentSink full =
        new DocumentSink() {
          @Override
          public void document(String text, Map<String, String> metadata) {
            throw new java.io.UncheckedIOException(new IOException("No space left on device"));
          }

          @Override
          public void refused(Reason reason, String detail) {}
        };

    assertThat(
            catchThrowableOfType(
                java.io.UncheckedIOException.class,
                () ->
                    new FileReading(ReadLimits.DEFAULTS)
                        .read("a.jsonl", new ByteArrayInputStream(LINE), AUTO, full)))
        .isNotNull();
  }

  private static Reason refusal(String path, byte[] bytes) {
    return catchThrowableOfType(RefusedFile.class, () -> Collected.read(path, bytes, AUTO))
        .reason();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gz = new GZIPOutputStream(out)) {
      gz.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] letters(int count) {
    byte[] letters = new byte[count];
    new Random(1).nextBytes(letters);
    for (int i = 0; i < count; i++) {
      letters[i] = (byte) ('a' + (letters[i] & 15));
    }
    return letters;
  }

  private static byte[] twice(byte[] bytes) {
    byte[] both = Arrays.copyOf(bytes, bytes.length * 2);
    System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
    return both;
  }

  private static final class Repeated extends InputStream {
    private final byte value;
    private long left;

    Repeated(byte value, long count) {
      this.value = value;
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? value : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int n = (int) Math.min(left, length);
      Arrays.fill(bytes, offset, offset + n, value);
      left -= n;
      return n;
    }
  }
}
