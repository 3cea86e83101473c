package org.transnormer.trainer.launch;

import java.time.Duration;

/**
 * How long the planner waits before it believes the worst.
 *
 * @param start from a group having its place to the first heartbeat
 * @param stop from telling the workers to stop to taking their group down
 */
public record Patience(Duration start, Duration stop) {}
