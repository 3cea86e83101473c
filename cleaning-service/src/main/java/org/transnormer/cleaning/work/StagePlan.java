package org.transnormer.cleaning.work;

/**
 * A stage that a piece of work will go through.
 *
 * @param unit what its progress counts: documents, steps, ranges
 */
public record StagePlan(String name, String unit) {}
