package org.transnormer.door.sessions;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.door.DoorProperties;
import org.transnormer.door.audit.Audit;
import org.transnormer.door.keys.Keys;
import org.transnormer.door.sessions.jdbc.JdbcSessions;

@Configuration(proxyBeanMethods = false)
class SessionsConfiguration {

  @Bean
  Sessions sessions(JdbcClient jdbc, Keys keys) {
    return new JdbcSessions(jdbc, keys);
  }

  @Bean
  LogIn logIn(Keys keys, Sessions sessions, Audit audit, DoorProperties properties) {
    return new LogIn(keys, sessions, audit, properties.sessionLife());
  }
}
