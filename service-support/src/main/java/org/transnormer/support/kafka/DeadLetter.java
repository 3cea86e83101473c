package org.transnormer.support.kafka;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message that this service could not consume.
 *
 * @param partition of the original topic
 * @param consumer group that gave up
 * @param replayedAt when it was last sent again
 */
public record DeadLetter(
    String id,
    String topic,
    int partition,
    long offset,
    String consumer,
    @Nullable String eventId,
    @Nullable String eventType,
    @Nullable String key,
    @Nullable String payload,
    String reason,
    Instant failedAt,
    @Nullable Instant replayedAt,
    @Nullable String replayedBy) {}
