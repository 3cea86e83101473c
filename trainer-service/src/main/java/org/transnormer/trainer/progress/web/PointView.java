package org.transnormer.trainer.progress.web;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.progress.Point;

/**
 * A measured value.
 *
 * @param value absent when it is no finite number
 * @param nonFinite then what it is: nan, infinity or -infinity
 */
public record PointView(
    long step, int attempt, @Nullable Double value, @Nullable String nonFinite) {

  public static PointView of(Point point) {
    double value = point.value();
    return Double.isFinite(value)
        ? new PointView(point.step(), point.attempt(), value, null)
        : new PointView(
            point.step(), point.attempt(), null, Double.toString(value).toLowerCase(Locale.ROOT));
  }
}
