package org.transnormer.trainer.runs;

/**
 * What the place where workers run can give to one run.
 *
 * @param ranks that can train one run together, at least 1
 * @param toRaise what somebody does who wants more ranks, for people
 */
public record RunLimits(int ranks, String toRaise) {

  /** Processors train alone; only GPUs add their gradients up. */
  public static RunLimits oneRank(String toRaise) {
    return new RunLimits(1, "ranks work together only where each has a GPU; give 1, or " + toRaise);
  }
}
