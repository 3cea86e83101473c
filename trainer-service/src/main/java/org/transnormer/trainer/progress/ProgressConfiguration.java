package org.transnormer.trainer.progress;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.trainer.progress.jdbc.JdbcRunLog;
import org.transnormer.trainer.progress.jdbc.JdbcRunMetrics;

/** Wiring of metrics and logs. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProgressProperties.class)
class ProgressConfiguration {

  @Bean
  RunMetrics runMetrics(JdbcClient db) {
    return new JdbcRunMetrics(db);
  }

  @Bean
  RunLog runLog(JdbcClient db, ProgressProperties properties) {
    return new JdbcRunLog(db, properties.logLines());
  }
}
