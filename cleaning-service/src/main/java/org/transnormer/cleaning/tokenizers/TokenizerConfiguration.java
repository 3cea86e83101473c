package org.transnormer.cleaning.tokenizers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.CleaningProperties;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Transactions;
import org.transnormer.support.removal.ClaimArtifacts;

@Configuration(proxyBeanMethods = false)
class TokenizerConfiguration {

  @Bean
  TokenizerStore tokenizerStore(ObjectStore store) {
    return new TokenizerStore(store);
  }

  @Bean
  ImportedTokenizers importedTokenizers(CleaningProperties properties) {
    return new ImportedTokenizers(properties.importRoots());
  }

  @Bean
  LaunchTokenizer launchTokenizer(
      Tokenizers tokenizers,
      TokenizerStore store,
      Works works,
      ClaimArtifacts claim,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    return new LaunchTokenizer(tokenizers, store, works, claim, audit, transactions, launcher);
  }
}
