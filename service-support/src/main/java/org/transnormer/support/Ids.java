package org.transnormer.support;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Opaque ids that sort by time: UUID version 7 (RFC 9562), 48 bits of milliseconds and 12 bits that
 * count within them, so that ids of one process are strictly increasing.
 */
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int COUNTER_BITS = 12;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;

  /** Milliseconds and counter in one number. */
  private static final AtomicLong LAST = new AtomicLong();

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private Ids() {}

  /** Whether the text has the form of an id; it need not be one of ours. */
  public static boolean isId(String text) {
    return FORM.matcher(text).matches();
  }

  /** A new id as 36 lower-case characters. */
  public static String next() {
    long now = System.currentTimeMillis() << COUNTER_BITS;
    long tick = LAST.updateAndGet(last -> Math.max(last + 1, now));
    long millis = tick >>> COUNTER_BITS;
    long counter = tick & ((1L << COUNTER_BITS) - 1);
    return new UUID(
            millis << 16 | VERSION_7 | counter, VARIANT | (RANDOM.nextLong() & VARIANT_MASK))
        .toString();
  }
}
