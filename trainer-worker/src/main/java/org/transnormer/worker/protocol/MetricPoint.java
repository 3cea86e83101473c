package org.transnormer.worker.protocol;

/**
 * One measured value; always finite.
 *
 * @param key one of {@link Metrics}
 */
public record MetricPoint(String key, long step, double value) {}
