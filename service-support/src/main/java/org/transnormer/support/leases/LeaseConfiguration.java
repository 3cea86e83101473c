package org.transnormer.support.leases;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Leases in the service's own schema. */
@Configuration(proxyBeanMethods = false)
public class LeaseConfiguration {
  @Bean
  Leases leases(JdbcClient jdbc) {
    return new JdbcLeases(jdbc);
  }
}
