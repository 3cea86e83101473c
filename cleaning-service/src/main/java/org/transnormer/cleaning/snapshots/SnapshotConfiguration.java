package org.transnormer.cleaning.snapshots;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.removal.Announcements;
import org.transnormer.support.removal.Neighbours;

@Configuration(proxyBeanMethods = false)
class SnapshotConfiguration {

  @Bean
  UseSnapshot useSnapshot(Announcements announcements, Neighbours neighbours, ObjectStore store) {
    return new UseSnapshot(announcements, neighbours, store);
  }
}
