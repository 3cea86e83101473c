package org.transnormer.model.lm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where parameters lie in a flat buffer, one behind another without a gap, and the blocks of them
 * that a pass goes through: block 0 is needed at its beginning and at its end, the others one after
 * another, forward and back again.
 */
public final class ParameterLayout {

  private record Place(long from, long[] shape, int block) {}

  private final SequencedMap<String, Place> places = new LinkedHashMap<>();
  private final List<Long> starts = new ArrayList<>();
  private final Predicate<String> exact;
  private final long elements;

  /**
   * @param shapes in the order in which parameters lie
   * @param firsts the first parameter of each block
   * @param exact those that are read as floats, whatever others are rounded to
   */
  public ParameterLayout(
      SequencedMap<String, long[]> shapes, Set<String> firsts, Predicate<String> exact) {
    long end = 0;
    for (var entry : shapes.entrySet()) {
      if (firsts.contains(entry.getKey())) {
        starts.add(end);
      }
      places.put(entry.getKey(), new Place(end, entry.getValue(), starts.size() - 1));
      long product = 1;
      for (long axis : entry.getValue()) {
        product = Math.multiplyExact(product, axis);
      }
      end = Math.addExact(end, product);
    }
    this.exact = exact;
    this.elements = end;
  }

  public long elements() {
    return elements;
  }

  public Set<String> names() {
    return places.keySet();
  }

  private Place place(String name) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return place;
  }

  /** The first element of a parameter. */
  public long from(String name) {
    return place(name).from;
  }

  /** The first element behind a parameter. */
  public long to(String name) {
    long to = from(name);
    long product = 1;
    for (long axis : place(name).shape) {
      product *= axis;
    }
    return to + product;
  }

  public long[] shape(String name) {
    return place(name).shape.clone();
  }

  public boolean exact(String name) {
    return exact.test(name);
  }

  /** The names and shapes of those that are {@link #exact}. */
  SequencedMap<String, long[]> exactShapes() {
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    for (String name : names()) {
      if (exact(name)) {
        shapes.put(name, shape(name));
      }
    }
    return shapes;
  }

  SequencedMap<String, long[]> shapes() {
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    places.forEach((name, place) -> shapes.put(name, place.shape));
    return shapes;
  }

  int block(String name) {
    return place(name).block;
  }

  int blocks() {
    return starts.size();
  }

  /** The first element of a block. */
  long from(int block) {
    return starts.get(block);
  }

  long size(int block) {
    return (block + 1 < blocks() ? from(block + 1) : elements) - from(block);
  }
}
