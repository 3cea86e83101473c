package org.transnormer.corpus.ingest.files;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.transnormer.corpus.ingest.ReadLimits;

/**
 * Opens gzip and zstd by their first bytes, whatever the file is called, and counts what comes out.
 */
final class Decompression {
  private static final int BUFFER = 1 << 16;

  /** RFC 8878 asks decoders for 8 MiB at least; 2^27 is what zstd itself accepts by default. */
  private static final int LARGEST_WINDOW_LOG = 27;

  private Decompression() {}

  static InputStream open(InputStream stored, ReadLimits limits) throws IOException {
    Counting counting = new Counting(stored);
    BufferedInputStream raw = new BufferedInputStream(counting, BUFFER);
    raw.mark(4);
    byte[] magic = raw.readNBytes(4);
    raw.reset();
    if (isGzip(magic)) {
      return guarded(new GZIPInputStream(raw, BUFFER), counting, limits);
    }
    if (isZstd(magic)) {
      ZstdInputStream zstd = new ZstdInputStream(raw);
      zstd.setLongMax(LARGEST_WINDOW_LOG);
      return guarded(zstd, counting, limits);
    }
    return raw;
  }

  private static InputStream guarded(InputStream expanding, Counting in, ReadLimits limits) {
    return new BufferedInputStream(new Guard(expanding, in, limits), BUFFER);
  }

  private static boolean isGzip(byte[] b) {
    return b.length >= 2 && (b[0] & 0xff) == 0x1f && (b[1] & 0xff) == 0x8b;
  }

  private static boolean isZstd(byte[] b) {
    return b.length == 4
        && (b[0] & 0xff) == 0x28
        && (b[1] & 0xff) == 0xb5
        && (b[2] & 0xff) == 0x2f
        && (b[3] & 0xff) == 0xfd;
  }

  /** Counts the stored bytes handed out so far. */
  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      count += Math.max(n, 0);
      return n;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }

  private static final class Guard extends FilterInputStream {
    private final Counting stored;
    private final ReadLimits limits;
    private long expanded;

    Guard(InputStream in, Counting stored, ReadLimits limits) {
      super(in);
      this.stored = stored;
      this.limits = limits;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      account(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      account(Math.max(n, 0));
      return n;
    }

    private void account(int n) throws CompressionBomb {
      expanded += n;
      if (expanded > limits.expanded()) {
        throw new CompressionBomb("expands to more than " + limits.expanded() + " bytes");
      }
      if (expanded > ReadLimits.RATIO_FROM && expanded / limits.ratio() > stored.count) {
        throw new CompressionBomb("expands to more than " + limits.ratio() + " times its size");
      }
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
