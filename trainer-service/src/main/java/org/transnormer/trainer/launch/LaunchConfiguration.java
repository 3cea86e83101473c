package org.transnormer.trainer.launch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.Ids;
import org.transnormer.support.leases.Leases;
import org.transnormer.trainer.checkpoints.CheckpointEvents;
import org.transnormer.trainer.checkpoints.CheckpointFiles;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.checkpoints.DisposeCheckpoints;
import org.transnormer.trainer.launch.LaunchProperties.Launcher;
import org.transnormer.trainer.launch.web.WorkerTerms;
import org.transnormer.trainer.progress.RunLog;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.runs.RetryPolicy;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunEvents;
import org.transnormer.trainer.runs.TrainingRuns;
import org.transnormer.trainer.runs.WakeUp;
import org.transnormer.trainer.sql.Transactions;

/** Wiring of the launcher; which cluster it uses is chosen by {@code tnl.trainer.launcher}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LaunchProperties.class)
class LaunchConfiguration {

  /** What was given up and could not be removed at once is tried again. */
  private static final Duration SWEEP = Duration.ofMinutes(1);

  @Bean
  ExecutorService launchExecutor() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }

  @Bean
  RetryPolicy retryPolicy(LaunchProperties properties) {
    return new RetryPolicy(properties.maxAttempts(), properties.backoff(), properties.maxBackoff());
  }

  @Bean
  RunTokens runTokens(RunAttempts attempts) {
    return new RunTokens(attempts);
  }

  @Bean
  AssignAttempt assignAttempt(TrainingRuns runs, RunAttempts attempts, Checkpoints checkpoints) {
    return new AssignAttempt(runs, attempts, checkpoints);
  }

  @Bean
  HearWorker hearWorker(
      TrainingRuns runs,
      RunAttempts attempts,
      RunMetrics metrics,
      RunLog log,
      Transactions transactions,
      LaunchProperties properties) {
    return new HearWorker(
        runs, attempts, metrics, log, transactions, properties.lease(), properties.startTimeout());
  }

  @Bean
  CommitCheckpoint commitCheckpoint(
      TrainingRuns runs,
      RunAttempts attempts,
      Checkpoints checkpoints,
      CheckpointFiles files,
      CheckpointEvents events,
      DisposeCheckpoints dispose,
      Transactions transactions,
      LaunchProperties properties,
      ExecutorService launchExecutor) {
    return new CommitCheckpoint(
        runs,
        attempts,
        checkpoints,
        files,
        events,
        dispose,
        transactions,
        Ids::next,
        properties.lease(),
        launchExecutor);
  }

  @Bean
  EndAttempt endAttempt(
      TrainingRuns runs,
      RunAttempts attempts,
      Checkpoints checkpoints,
      RunLog log,
      RunEvents events,
      Transactions transactions,
      RetryPolicy retries,
      WakeUp wakeUp) {
    return new EndAttempt(runs, attempts, checkpoints, log, events, transactions, retries, wakeUp);
  }

  @Bean
  WorkerTerms workerTerms(LaunchProperties properties, WorkerCluster cluster) {
    return new WorkerTerms(properties.lease(), cluster);
  }

  @Bean
  ApplyActions applyActions(
      TrainingRuns runs,
      RunAttempts attempts,
      RunTokens tokens,
      Checkpoints checkpoints,
      CheckpointFiles files,
      RunLog log,
      RunEvents events,
      Transactions transactions,
      WorkerCluster cluster,
      RetryPolicy retries,
      LaunchProperties properties,
      Environment environment) {
    return new ApplyActions(
        runs,
        attempts,
        tokens,
        new ResumePoints(checkpoints, files),
        checkpoints,
        log,
        events,
        transactions,
        cluster,
        retries,
        () -> controlUrl(properties, environment));
  }

  private static URI controlUrl(LaunchProperties properties, Environment environment) {
    if (properties.controlUrl() != null) {
      return properties.controlUrl();
    }
    return URI.create(
        properties.launcher() == Launcher.LOCAL
            ? "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port")
            : environment.getRequiredProperty("tnl.services.trainer"));
  }

  @Bean
  LaunchLifecycle launchLifecycle(
      TrainingRuns runs,
      RunAttempts attempts,
      WorkerCluster cluster,
      ApplyActions actions,
      LaunchProperties properties,
      ExecutorService launchExecutor,
      Leases leases,
      WakeUp wakeUp) {
    Reconciler reconciler =
        new Reconciler(
            runs,
            attempts,
            cluster,
            actions,
            new Patience(properties.startTimeout(), properties.stopTimeout()),
            properties.lease(),
            launchExecutor);
    ReconcilerLoop loop =
        new ReconcilerLoop(
            reconciler, leases, runs::now, wakeUp, properties.interval(), Ids.next());
    return new LaunchLifecycle(loop, cluster, wakeUp);
  }

  @Bean
  BackgroundLoop checkpointSweep(DisposeCheckpoints dispose) {
    return new BackgroundLoop("checkpoint-sweep", SWEEP, dispose::sweep);
  }

  @Bean
  MeterBinder runGauges(TrainingRuns runs) {
    return registry -> {
      for (String state : List.of("queued", "starting", "running", "recovering", "failed")) {
        Gauge.builder("tnl.trainer.runs", () -> runs.countByState().getOrDefault(state, 0L))
            .tag("state", state)
            .register(registry);
      }
    };
  }
}
