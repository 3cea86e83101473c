package org.transnormer.support;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.problems.InvalidProblem;

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

  /**
   * The limit of a request, or the usual one.
   *
   * @throws InvalidProblem when it is not from 1 to {@link #MAX_LIMIT}
   */
  public static int limit(@Nullable Integer requested) {
    if (requested == null) {
      return DEFAULT_LIMIT;
    }
    if (requested < 1 || requested > MAX_LIMIT) {
      throw new InvalidProblem("limit", "must be from 1 to " + MAX_LIMIT);
    }
    return requested;
  }

  /**
   * The cursor of a request, if it has one.
   *
   * @param wellFormed whether a list of this kind can have given such a cursor
   * @throws InvalidProblem when it cannot
   */
  public static @Nullable String after(@Nullable String requested, Predicate<String> wellFormed) {
    if (requested != null && !wellFormed.test(requested)) {
      throw new InvalidProblem("after", "is not the 'next' of a page of this list");
    }
    return requested;
  }

  public <R> Page<R> map(Function<? super T, ? extends R> mapping) {
    return new Page<>(items.stream().<R>map(mapping).toList(), next);
  }
}
