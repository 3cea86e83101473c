package org.transnormer.door.audit.kafka;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.messaging.handler.annotation.Header;
import org.transnormer.door.audit.Audit;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.kafka.EventHeaders;

/**
 * Takes what the other services tell. The table knows event ids, so a redelivery changes nothing.
 */
public class AuditListener {
  private final Audit audit;

  public AuditListener(Audit audit) {
    this.audit = audit;
  }

  @KafkaListener(topics = Topics.PLATFORM_AUDIT, groupId = "${spring.application.name}-audit")
  void on(AuditEvent event, @Header(EventHeaders.EVENT_ID) String eventId) {
    audit.record(eventId, event);
  }
}
