package org.transnormer.support.removal;

import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.Transactions;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.SecurityProperties;
import org.transnormer.support.security.ServiceClients;

/**
 * Imported by every service whose things can be removed; it brings its {@link References} and
 * {@link Folders}, and has {@code classpath:db/support-removal} among its migrations.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RetentionProperties.class)
public class RemovalConfiguration {

  @Bean
  Garbage garbage(JdbcClient jdbc, RetentionProperties properties) {
    return new JdbcGarbage(jdbc, properties.keep());
  }

  @Bean
  ClaimArtifacts claimArtifacts(Garbage garbage, ObjectStore store) {
    return new ClaimArtifacts(garbage, store);
  }

  @Bean
  Announcements announcements(JdbcClient jdbc, Transactions transactions) {
    return new JdbcAnnouncements(jdbc, transactions);
  }

  @Bean
  Neighbours neighbours(ServiceClients clients, Environment environment) {
    return new RestNeighbours(
        clients, service -> environment.containsProperty("tnl.services." + service));
  }

  @Bean
  ReferencesController referencesController(
      References references, Announcements announcements, Garbage garbage) {
    return new ReferencesController(references, announcements, garbage);
  }

  @Bean
  RemoveThings removeThings(
      SecurityProperties identity, Garbage garbage, Outbox outbox, Transactions transactions) {
    return new RemoveThings(
        identity.identity(), garbage, outbox, transactions, InstantSource.system());
  }

  @Bean
  BackgroundLoop storeSweep(
      Garbage garbage,
      ObjectStore store,
      Folders folders,
      Transactions transactions,
      RetentionProperties properties) {
    SweepStore sweep = new SweepStore(garbage, store, folders, transactions);
    return new BackgroundLoop("store-sweep", properties.sweep(), sweep::sweep);
  }
}
