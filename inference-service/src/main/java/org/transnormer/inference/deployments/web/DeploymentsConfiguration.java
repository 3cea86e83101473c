package org.transnormer.inference.deployments.web;

import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.inference.deployments.CheckpointModelLoader;
import org.transnormer.inference.deployments.CheckpointSource;
import org.transnormer.inference.deployments.DeploymentStore;
import org.transnormer.inference.deployments.Deployments;
import org.transnormer.inference.deployments.Reconciliation;
import org.transnormer.inference.deployments.ServingProperties;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.support.security.ServiceClients;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ServingProperties.class)
class DeploymentsConfiguration {

  @Bean
  CheckpointSource checkpoints(ServiceClients clients, ObjectStore store) {
    return new TrainerCheckpoints(clients.client("trainer"), store);
  }

  @Bean(destroyMethod = "") // the reconciliation closes it, after the last round
  Deployments deployments(
      DeploymentStore deployments,
      CheckpointSource checkpoints,
      ServingProperties serving,
      Clock clock) {
    CheckpointModelLoader loader =
        new CheckpointModelLoader(
            checkpoints,
            new LoadOptions(
                serving.threads(), serving.pinThreads(), serving.weights(), serving.device()),
            serving.queuedSequences(),
            serving.queuedPromptTokens(),
            clock);
    return new Deployments(deployments, checkpoints, loader, serving.drain());
  }

  @Bean
  Reconciliation reconciliation(Deployments deployments, ServingProperties serving) {
    return new Reconciliation(deployments, serving.reconcileEvery());
  }
}
