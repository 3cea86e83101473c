package org.transnormer.inference.deployments.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.transnormer.inference.deployments.Reconciliation;
import org.transnormer.support.events.Topics;

/** Every replica hears every move; what to do about it is found by looking, so nothing is kept. */
@Component
class AliasListener {

  private final Reconciliation reconciliation;

  AliasListener(Reconciliation reconciliation) {
    this.reconciliation = reconciliation;
  }

  @KafkaListener(
      topics = Topics.TRAINER_ALIAS_MOVED,
      groupId = "inference-service-#{T(java.util.UUID).randomUUID()}",
      properties = "auto.offset.reset=latest")
  void moved(ConsumerRecord<String, String> message) {
    reconciliation.request();
  }
}
