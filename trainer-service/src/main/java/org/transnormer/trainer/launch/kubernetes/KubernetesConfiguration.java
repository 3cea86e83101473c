package org.transnormer.trainer.launch.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.support.store.StoreProperties;
import org.transnormer.trainer.launch.WorkerStore;
import org.transnormer.trainer.runs.RunLimits;

/** Wiring of {@code tnl.trainer.launcher=kubernetes}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "tnl.trainer.launcher", havingValue = "kubernetes")
@EnableConfigurationProperties(KubernetesProperties.class)
class KubernetesConfiguration {

  /** Finds the cluster as kubectl does: in a pod by its service account. */
  @Bean
  KubernetesClient kubernetesClient() {
    return new KubernetesClientBuilder().build();
  }

  @Bean(destroyMethod = "")
  KubernetesCluster kubernetesCluster(
      KubernetesClient client, KubernetesProperties properties, StoreProperties store) {
    WorkerStore reach = WorkerStore.of(store);
    return new KubernetesCluster(client, properties, reach.open(), reach.secret());
  }

  @Bean
  RunLimits runLimits(KubernetesProperties properties) {
    return properties.gpus() > 0
        ? new RunLimits(Integer.MAX_VALUE, "")
        : RunLimits.oneRank("give training pods GPUs (tnl.trainer.kubernetes.gpus)");
  }
}
