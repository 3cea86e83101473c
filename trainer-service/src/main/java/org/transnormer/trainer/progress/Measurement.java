package org.transnormer.trainer.progress;

/** A value as a worker reports it. */
public record Measurement(String key, long step, double value) {}
