package org.transnormer.corpus.snapshots.kafka;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.messaging.handler.annotation.Header;
import org.transnormer.corpus.snapshots.TakeSnapshot;
import org.transnormer.support.events.SnapshotCommitted;
import org.transnormer.support.events.Topics;
import org.transnormer.support.kafka.EventHeaders;
import org.transnormer.support.kafka.ProcessedMessages;

/** Hears of snapshots that cleaning has committed. */
public final class SnapshotListener {
  private static final String CONSUMER = "snapshots";

  private final ProcessedMessages processed;
  private final TakeSnapshot takeSnapshot;

  public SnapshotListener(ProcessedMessages processed, TakeSnapshot takeSnapshot) {
    this.processed = processed;
    this.takeSnapshot = takeSnapshot;
  }

  @KafkaListener(
      id = "corpus-snapshots",
      groupId = "corpus-service",
      topics = Topics.CLEANING_SNAPSHOT_COMMITTED)
  public void on(SnapshotCommitted event, @Header(EventHeaders.EVENT_ID) String eventId) {
    processed.once(CONSUMER, eventId, () -> takeSnapshot.take(event));
  }
}
