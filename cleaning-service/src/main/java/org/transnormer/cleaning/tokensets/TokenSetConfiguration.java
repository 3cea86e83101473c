package org.transnormer.cleaning.tokensets;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.cleaning.tokenizers.Tokenizers;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Transactions;
import org.transnormer.support.removal.Garbage;

@Configuration(proxyBeanMethods = false)
class TokenSetConfiguration {

  @Bean
  LaunchTokenSet launchTokenSet(
      TokenSets tokenSets,
      Tokenizers tokenizers,
      Works works,
      Garbage garbage,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    return new LaunchTokenSet(tokenSets, tokenizers, works, garbage, audit, transactions, launcher);
  }
}
