package org.transnormer.support;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.transnormer.support.security.SecurityConfiguration;
import org.transnormer.support.store.StoreConfiguration;
import org.transnormer.support.web.WebConfiguration;

/** Imported by every service; each part is a configuration of its own. */
@Configuration(proxyBeanMethods = false)
@Import({WebConfiguration.class, SecurityConfiguration.class, StoreConfiguration.class})
public class SupportConfiguration {

  @Bean
  Transactions transactions(PlatformTransactionManager manager) {
    return new Transactions(manager);
  }

  @Bean
  Roles roles(Environment environment) {
    return Roles.of(environment);
  }
}
