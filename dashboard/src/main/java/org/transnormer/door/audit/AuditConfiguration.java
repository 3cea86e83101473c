package org.transnormer.door.audit;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.door.audit.jdbc.JdbcAudit;
import org.transnormer.door.audit.kafka.AuditListener;

@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

  @Bean
  Audit audit(JdbcClient jdbc) {
    return new JdbcAudit(jdbc);
  }

  @Bean
  AuditListener auditListener(Audit audit) {
    return new AuditListener(audit);
  }
}
