package org.transnormer.trainer.progress;

/**
 * A value measured at a step.
 *
 * @param value may be anything a double can be; a loss that is no number is news, not noise
 */
public record Point(long step, int attempt, double value) {}
