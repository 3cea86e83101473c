package org.transnormer.trainer.progress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thins a series for a screen without hiding what a person looks for: of each stretch of steps the
 * lowest and the highest value stay, and a value that is no finite number always marks its stretch.
 * The first and the last point of the series stay.
 *
 * <p>Takes points in the order of their steps and doubles its stretches whenever it has kept too
 * much, so the length of the series need not be known and memory is bounded.
 */
public final class Thinning {

  private static final int LEAST_POINTS = 8;

  private final int maxPoints;
  private Stretches stretches = new Stretches(1);
  private @Nullable Point first;
  private @Nullable Point last;

  public Thinning(int maxPoints) {
    if (maxPoints < LEAST_POINTS) {
      throw new IllegalArgumentException(
          "maxPoints must be at least %d, was %d".formatted(LEAST_POINTS, maxPoints));
    }
    this.maxPoints = maxPoints;
  }

  public void add(Point point) {
    if (first == null) {
      first = point;
    } else if (last != null) {
      stretches.add(last);
      while (stretches.size() > maxPoints - 2) {
        stretches = stretches.doubled();
      }
    }
    last = first == point ? null : point;
  }

  /** What is left, in the order of the steps. */
  public List<Point> points() {
    List<Point> points = new ArrayList<>();
    if (first != null) {
      points.add(first);
    }
    points.addAll(stretches.points());
    if (last != null) {
      points.add(last);
    }
    return points;
  }

  /** Points of interest by stretches of {@code width} steps; the last stretch is still open. */
  private static final class Stretches {
    private final long width;
    private final List<Point> closed = new ArrayList<>();
    private long open = Long.MIN_VALUE;
    private @Nullable Point lowest;
    private @Nullable Point highest;
    private @Nullable Point odd;

    Stretches(long width) {
      this.width = width;
    }

    void add(Point point) {
      long at = Math.floorDiv(point.step(), width);
      if (at != open) {
        closed.addAll(openPoints());
        open = at;
        lowest = null;
        highest = null;
        odd = null;
      }
      if (!Double.isFinite(point.value())) {
        odd = odd == null ? point : odd;
      } else {
        lowest = lowest == null || point.value() < lowest.value() ? point : lowest;
        highest = highest == null || point.value() > highest.value() ? point : highest;
      }
    }

    private List<Point> openPoints() {
      List<Point> points = new ArrayList<>();
      for (@Nullable Point point : new Point[] {lowest, highest, odd}) {
        if (point != null && !points.contains(point)) {
          points.add(point);
        }
      }
      points.sort(Comparator.comparingLong(Point::step));
      return points;
    }

    int size() {
      return closed.size() + openPoints().size();
    }

    List<Point> points() {
      List<Point> points = new ArrayList<>(closed);
      points.addAll(openPoints());
      return points;
    }

    Stretches doubled() {
      Stretches wider = new Stretches(width * 2);
      points().forEach(wider::add);
      return wider;
    }
  }
}
