package org.transnormer.cleaning.rounds.kafka;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;
import org.transnormer.cleaning.rounds.EndedTrainings;
import org.transnormer.support.events.RunEnded;
import org.transnormer.support.events.Topics;
import org.transnormer.support.kafka.EventHeaders;
import org.transnormer.support.kafka.ProcessedMessages;

/** Rings for the round that waits; what became of the run is asked over REST. */
@Component
class RunEndedListener {

  private static final String CONSUMER = "evaluation-rounds";

  private final ProcessedMessages processed;
  private final EndedTrainings ended;

  RunEndedListener(ProcessedMessages processed, EndedTrainings ended) {
    this.processed = processed;
    this.ended = ended;
  }

  @KafkaListener(topics = Topics.TRAINER_RUN_ENDED, groupId = "cleaning-evaluation-rounds")
  void on(RunEnded event, @Header(EventHeaders.EVENT_ID) String eventId) {
    processed.once(CONSUMER, eventId, () -> ended.add(event.runId(), event.state()));
  }
}
