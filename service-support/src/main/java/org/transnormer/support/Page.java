package org.transnormer.support;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list in the order of a key. {@code next} goes into {@code ?after=} of the following
 * request and is absent on the last page.
 */
public record Page<T>(List<T> items, @Nullable String next) {
  public static final int DEFAULT_LIMIT = 50;
  public static final int MAX_LIMIT = 500;

  public Page {
    items = List.copyOf(items);
  }

  /**
   * @param found at most {@code limit + 1} items: one more than wanted tells that there is a next
   *     page
   * @param key what the order is by
   */
  public static <T> Page<T> of(List<T> found, int limit, Function<T, String> key) {
    if (found.size() <= limit) {
      return new Page<>(found, null);
    }
    List<T> items = found.subList(0, limit);
    return new Page<>(items, key.apply(items.getLast()));
  }

  /** The limit of a request within bounds. */
  public static int limit(@Nullable Integer requested) {
    return requested == null ? DEFAULT_LIMIT : Math.clamp(requested, 1, MAX_LIMIT);
  }

  public <R> Page<R> map(Function<? super T, ? extends R> mapping) {
    return new Page<>(items.stream().<R>map(mapping).toList(), next);
  }
}
