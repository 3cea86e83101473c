package org.transnormer.cleaning.tokensets;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Transactions;

@Configuration(proxyBeanMethods = false)
class TokenSetConfiguration {

  @Bean
  LaunchTokenSet launchTokenSet(
      TokenSets tokenSets,
      Works works,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    return new LaunchTokenSet(tokenSets, works, audit, transactions, launcher);
  }
}
