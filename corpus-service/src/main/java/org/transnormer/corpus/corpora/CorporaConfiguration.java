package org.transnormer.corpus.corpora;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.jdbc.JdbcCorpora;
import org.transnormer.support.Transactions;

/** Wiring of corpora. */
@Configuration(proxyBeanMethods = false)
class CorporaConfiguration {

  @Bean
  Corpora corpora(JdbcClient jdbc) {
    return new JdbcCorpora(jdbc);
  }

  @Bean
  RegisterCorpus registerCorpus(
      Corpora corpora, Transactions transactions, Audit audit, Clock clock) {
    return new RegisterCorpus(corpora, transactions, audit, clock);
  }
}
