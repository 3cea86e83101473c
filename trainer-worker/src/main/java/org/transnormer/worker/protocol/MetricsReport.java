package org.transnormer.worker.protocol;

import java.util.List;

/** Measured values, in the order of their steps. */
public record MetricsReport(long epoch, List<MetricPoint> points) {
  public MetricsReport {
    points = List.copyOf(points);
  }

  /** Points of one report, at most. */
  public static final int MOST_POINTS = 2000;
}
