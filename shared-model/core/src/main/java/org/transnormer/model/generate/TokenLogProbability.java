package org.transnormer.model.generate;

/** A token and its log-probability in nats. */
public record TokenLogProbability(int token, double logProbability) {}
