package org.transnormer.trainer.progress;

import java.util.List;

/**
 * One metric of a run against its steps.
 *
 * @param points what counts: at each step the newest attempt that reached it, and nothing that a
 *     lost attempt measured beyond the checkpoint its successor went on from
 * @param discarded what does not count any more, by attempt and step
 */
public record Series(String key, List<Point> points, List<Point> discarded) {

  public Series {
    points = List.copyOf(points);
    discarded = List.copyOf(discarded);
  }
}
