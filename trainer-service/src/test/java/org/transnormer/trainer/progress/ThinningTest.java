package org.transnormer.trainer.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThinningTest {

  @Test
  void leavesAShortSeriesAsItIs() {
    List<Point> series = LongStream.rangeClosed(1, 20).mapToObj(ThinningTest::point).toList();

    assertThat(thinned(series, 40)).isEqualTo(series);
  }

  @Test
  void anEmptySeriesStaysEmpty() {
    assertThat(new Thinning(10).points()).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsEndsExtremesAndOrderWithinTheLimit(long seed) {
    Random random = new Random(seed);
    int length = 1 + random.nextInt(20_000);
    int limit = 8 + random.nextInt(300);
    List<Point> series = new ArrayList<>();
    long step = 0;
    for (int i = 0; i < length; i++) {
      step += 1 + random.nextInt(5);
      series.add(new Point(step, 1, random.nextGaussian()));
    }

    List<Point> thinned = thinned(series, limit);

    assertThat(thinned).hasSizeLessThanOrEqualTo(limit).isSubsetOf(series);
    assertThat(thinned).isSortedAccordingTo(Comparator.comparingLong(Point::step));
    assertThat(thinned.getFirst()).isEqualTo(series.getFirst());
    assertThat(thinned.getLast()).isEqualTo(series.getLast());
    Comparator<Point> byValue = Comparator.comparingDouble(Point::value);
    assertThat(thinned)
        .contains(
            series.stream().min(byValue).orElseThrow(), series.stream().max(byValue).orElseThrow());
  }

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @Test
  void neverDropsTheOneValueThatIsNoNumber() {
    List<Point> series = new ArrayList<>();
    for (long step = 1; step <= 10_000; step++) {
      series.add(step == 4_321 ? new Point(step, 1, Double.NaN) : point(step));
    }

    assertThat(thinned(series, 50)).contains(new Point(4_321, 1, Double.NaN));
  }

  private static Point point(long step) {
    return new Point(step, 1, Math.sin(step));
  }

  private static List<Point> thinned(List<Point> series, int limit) {
    Thinning thinning = new Thinning(limit);
    series.forEach(thinning::add);
    return thinning.points();
  }
}
