package org.transnormer.door.keys;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.door.DoorProperties;
import org.transnormer.door.audit.Audit;
import org.transnormer.door.keys.jdbc.JdbcKeys;
import org.transnormer.support.Transactions;

@Configuration(proxyBeanMethods = false)
class KeysConfiguration {

  @Bean
  Keys keys(JdbcClient jdbc, Transactions transactions) {
    return new JdbcKeys(jdbc, transactions);
  }

  @Bean
  CreateKey createKey(Keys keys, Audit audit, Transactions transactions) {
    return new CreateKey(keys, audit, transactions);
  }

  @Bean
  RevokeKey revokeKey(Keys keys, Audit audit, Transactions transactions) {
    return new RevokeKey(keys, audit, transactions);
  }

  @Bean
  ApplicationRunner bootstrapKey(Keys keys, DoorProperties properties) {
    BootstrapKey key =
        new BootstrapKey(keys, properties.bootstrapKey(), properties.bootstrapKeyFile());
    return (ApplicationArguments _) -> key.ensure();
  }
}
