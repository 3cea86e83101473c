package org.transnormer.integration.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.trainer.launch.GroupName;
import org.transnormer.trainer.launch.GroupOrder;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Pending;
import org.transnormer.trainer.launch.kubernetes.KubernetesCluster;
import org.transnormer.trainer.launch.kubernetes.KubernetesProperties;
import org.transnormer.trainer.runs.Division;
import org.transnormer.trainer.runs.RunSpec;

/**
 * A group of ranks as the installed trainer would launch it, by its own configuration, but for what
 * the ranks do: they meet and leave.
 */
final class RankGroup implements AutoCloseable {

  private static final String RUN = "meeting";
  private static final String TRAINER = "tnl-trainer";

  private final KubernetesClient client;
  private final KubernetesCluster cluster;
  private final Installation installation;

  private RankGroup(KubernetesClient client, KubernetesCluster cluster, Installation installation) {
    this.client = client;
    this.cluster = cluster;
    this.installation = installation;
  }

  static RankGroup start(Installation installation, int ranks) throws IOException {
    KubernetesProperties properties =
        properties(
            installation.kubectl(
                "get", "configmap", "tnl-trainer", "-o=jsonpath={.data.trainer-service\\.yaml}"),
            installation.namespace());
    // the trainer would take away a group that no run of its wants
    installation.kubectl("scale", "deployment", TRAINER, "--replicas=0");
    installation.kubectl(
        "wait",
        "--for=delete",
        "pods",
        "-l",
        "app.kubernetes.io/component=trainer",
        "--timeout=3m");
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(new File(System.getenv("TNL_KUBECONFIG"))))
            .build();
    KubernetesCluster cluster =
        new KubernetesCluster(
            client, properties, Map.of("TNL_STORE_URI", "file:///store"), Map.of());
    cluster.create(
        new GroupOrder(RUN, 1, "a token", URI.create("http://tnl-trainer:8083"), spec(ranks)));
    return new RankGroup(client, cluster, installation);
  }

  private static KubernetesProperties properties(String yaml, String namespace) throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    new YamlPropertySourceLoader()
        .load("chart", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
        .forEach(environment.getPropertySources()::addFirst);
    String prefix = "tnl.trainer.kubernetes.";
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    prefix + "namespace",
                    namespace,
                    prefix + "environment.TNL_PATIENCE_SECONDS",
                    "300",
                    prefix + "arguments",
                    "org.transnormer.worker.TrainerWorker,--meet")));
    return Binder.get(environment).bind("tnl.trainer.kubernetes", KubernetesProperties.class).get();
  }

  private static RunSpec spec(int ranks) {
    return new RunSpec(
        "tnl",
        RunSpec.Task.CAUSAL_LM,
        new TrainingSpec(
            TnlConfig.of(512, 64, 2, 4, 256, 2),
            OptimizerSpec.adamW(1e-3, Schedule.COSINE, 0),
            new BatchSpec(4, 64),
            100,
            1,
            new EvalSpec(0, 0),
            new CheckpointSpec(10, 2)),
        new RunSpec.Data("set", "token-sets/set", "0".repeat(64), "snapshot"),
        0,
        ranks,
        Division.BATCH,
        null);
  }

  boolean hasEnded() {
    return cluster.observe().stream()
        .filter(group -> group.runId().equals(RUN))
        .map(group -> group.phase())
        .noneMatch(phase -> phase instanceof Pending || phase instanceof Active);
  }

  /** The last line of each rank. */
  List<String> said() {
    return installation
        .kubectl("logs", "-l", "transnormer.org/run=" + RUN, "--tail=1", "--prefix")
        .lines()
        .toList();
  }

  @Override
  public void close() {
    cluster.delete(GroupName.of(RUN, 1));
    cluster.close();
    client.close();
    installation.kubectl("scale", "deployment", TRAINER, "--replicas=1");
    installation.kubectl("rollout", "status", "deployment", TRAINER, "--timeout=10m");
  }
}
