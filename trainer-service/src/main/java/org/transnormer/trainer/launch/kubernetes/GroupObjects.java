package org.transnormer.trainer.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.launch.GroupName;
import org.transnormer.trainer.launch.GroupOrder;
import org.transnormer.worker.protocol.WorkerEnvironment;

/**
 * The objects of one group, all of the group's name: a Job with a pod for each rank, a headless
 * Service under which the ranks find each other, and a Secret with what only they may know. Pods
 * satisfy the "restricted" pod security standard.
 */
final class GroupObjects {

  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String MANAGER = "tnl-trainer";
  static final String INSTANCE = "app.kubernetes.io/instance";
  static final String RUN = "transnormer.org/run";
  static final String ATTEMPT = "transnormer.org/attempt";

  /** On a Job whose group is complete. */
  static final String MADE = "transnormer.org/made";

  private static final String QUEUE = "kueue.x-k8s.io/queue-name";
  private static final String QUEUE_TOPOLOGY = "kueue.x-k8s.io/podset-preferred-topology";
  private static final String JOB_NAME = "batch.kubernetes.io/job-name";
  private static final String SCRATCH = "/scratch";

  private final KubernetesProperties properties;
  private final String namespace;
  private final Map<String, String> environment;
  private final Map<String, String> secrets;

  /**
   * @param environment of every worker, in the open
   * @param secrets of every worker, kept in the Secret
   */
  GroupObjects(
      KubernetesProperties properties,
      String namespace,
      Map<String, String> environment,
      Map<String, String> secrets) {
    this.properties = properties;
    this.namespace = namespace;
    this.environment = Map.copyOf(environment);
    this.secrets = Map.copyOf(secrets);
  }

  /** Selects what this platform made. */
  static Map<String, String> selector(KubernetesProperties properties) {
    return Map.of(MANAGED_BY, MANAGER, INSTANCE, properties.instance());
  }

  private Map<String, String> labels(GroupOrder order) {
    Map<String, String> labels = new TreeMap<>(selector(properties));
    labels.put("app.kubernetes.io/name", "trainer-worker");
    labels.put(RUN, order.runId());
    labels.put(ATTEMPT, Integer.toString(order.attempt()));
    return labels;
  }

  private ObjectMeta meta(GroupOrder order) {
    return new ObjectMetaBuilder()
        .withName(order.name().value())
        .withNamespace(namespace)
        .withLabels(labels(order))
        .build();
  }

  private ObjectMeta owned(GroupOrder order, OwnerReference owner) {
    return new ObjectMetaBuilder(meta(order)).withOwnerReferences(owner).build();
  }

  Secret secret(GroupOrder order, OwnerReference owner) {
    Map<String, String> data = new HashMap<>(secrets);
    data.put(WorkerEnvironment.RUN_TOKEN, order.token());
    return new SecretBuilder()
        .withMetadata(owned(order, owner))
        .withType("Opaque")
        .withStringData(data)
        .build();
  }

  Service service(GroupOrder order, OwnerReference owner) {
    return new ServiceBuilder()
        .withMetadata(owned(order, owner))
        .withNewSpec()
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true) // ranks meet before they are ready
        .withSelector(Map.of(JOB_NAME, order.name().value()))
        .addNewPort()
        .withName("rendezvous")
        .withPort(properties.rendezvousPort())
        .endPort()
        .endSpec()
        .build();
  }

  String rendezvous(GroupName name) {
    return "%s-0.%s.%s.svc:%d".formatted(name, name, namespace, properties.rendezvousPort());
  }

  Job job(GroupOrder order) {
    int ranks = order.spec().ranks();
    ObjectMeta meta = meta(order);
    if (properties.queue() != null) {
      meta.getLabels().put(QUEUE, properties.queue());
    }
    return new JobBuilder()
        .withMetadata(meta)
        .withNewSpec()
        .withCompletionMode("Indexed")
        .withCompletions(ranks)
        .withParallelism(ranks)
        .withBackoffLimit(0) // a group starts again as a whole, from a checkpoint
        .withPodReplacementPolicy("Failed") // two pods never hold one rank
        .withTtlSecondsAfterFinished(Math.toIntExact(properties.ttlAfterFinished().toSeconds()))
        .withSuspend(true) // until the group is complete, and admitted where there is a queue
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels(order))
        .withAnnotations(topologyAnnotation(order))
        .endMetadata()
        .withSpec(pod(order))
        .endTemplate()
        .endSpec()
        .build();
  }

  private PodSpec pod(GroupOrder order) {
    return new PodSpecBuilder()
        .withRestartPolicy("Never")
        .withSubdomain(order.name().value())
        .withServiceAccountName(properties.serviceAccount())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withPriorityClassName(properties.priorityClass())
        .withRuntimeClassName(properties.runtimeClass())
        .withAffinity(together(order))
        .withTerminationGracePeriodSeconds(properties.terminationGrace().toSeconds())
        .withNodeSelector(properties.nodeSelector().isEmpty() ? null : properties.nodeSelector())
        .withTolerations(tolerations())
        .withImagePullSecrets(
            properties.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(properties.user())
        .withRunAsGroup(properties.user())
        .withFsGroup(properties.user())
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container(order))
        .withVolumes(volumes())
        .build();
  }

  private boolean wantsTopology(GroupOrder order) {
    return order.spec().ranks() > 1 && !properties.topology().isEmpty();
  }

  /** A wish: a group that does not fit into one place still runs. */
  private @Nullable Affinity together(GroupOrder order) {
    if (!wantsTopology(order)) {
      return null;
    }
    return new AffinityBuilder()
        .withNewPodAffinity()
        .addNewPreferredDuringSchedulingIgnoredDuringExecution()
        .withWeight(100)
        .withNewPodAffinityTerm()
        .withTopologyKey(properties.topology())
        .withNewLabelSelector()
        .withMatchLabels(Map.of(JOB_NAME, order.name().value()))
        .endLabelSelector()
        .endPodAffinityTerm()
        .endPreferredDuringSchedulingIgnoredDuringExecution()
        .endPodAffinity()
        .build();
  }

  /** The same wish in the words of a queue, which places a group as a whole. */
  private Map<String, String> topologyAnnotation(GroupOrder order) {
    return properties.queue() == null || !wantsTopology(order)
        ? Map.of()
        : Map.of(QUEUE_TOPOLOGY, properties.topology());
  }

  private Container container(GroupOrder order) {
    return new ContainerBuilder()
        .withName("worker")
        .withImage(properties.image())
        .withImagePullPolicy(properties.imagePullPolicy())
        .withCommand(properties.command())
        .withArgs(properties.arguments())
        .withEnv(environment(order))
        .addNewEnvFrom()
        .withNewSecretRef()
        .withName(order.name().value())
        .endSecretRef()
        .endEnvFrom()
        .withNewResources()
        .withRequests(quantities(properties.requests(), false))
        .withLimits(quantities(properties.limits(), true))
        .endResources()
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .withVolumeMounts(mounts())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .build();
  }

  private Map<String, Quantity> quantities(Map<String, String> configured, boolean withGpus) {
    Map<String, Quantity> quantities = new TreeMap<>();
    configured.forEach((name, value) -> quantities.put(name, new Quantity(value)));
    if (withGpus && properties.gpus() > 0) {
      quantities.put(properties.gpuResource(), new Quantity(Integer.toString(properties.gpus())));
    }
    return quantities;
  }

  /** Sorted, so that the same group always gives the same object. */
  private List<EnvVar> environment(GroupOrder order) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(properties.environment());
    all.put(WorkerEnvironment.RUN_ID, order.runId());
    all.put(WorkerEnvironment.ATTEMPT, Integer.toString(order.attempt()));
    all.put(WorkerEnvironment.TRAINER_URL, order.controlUrl().toString());
    all.put(WorkerEnvironment.WORLD_SIZE, Integer.toString(order.spec().ranks()));
    all.put(WorkerEnvironment.RENDEZVOUS, rendezvous(order.name()));
    all.putAll(order.spec().division().environment());
    all.put(WorkerEnvironment.SCRATCH, SCRATCH);
    return all.entrySet().stream()
        .map(each -> new EnvVar(each.getKey(), each.getValue(), null))
        .toList();
  }

  private List<Toleration> tolerations() {
    List<Toleration> tolerations = new ArrayList<>();
    for (KubernetesProperties.Toleration each : properties.tolerations()) {
      tolerations.add(
          new TolerationBuilder()
              .withKey(each.key())
              .withOperator(each.operator())
              .withValue(each.value())
              .withEffect(each.effect())
              .build());
    }
    if (properties.gpus() > 0) {
      tolerations.add(
          new TolerationBuilder()
              .withKey(properties.gpuResource())
              .withOperator("Exists")
              .withEffect("NoSchedule")
              .build());
    }
    return tolerations;
  }

  private List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(new VolumeBuilder().withName("tmp").withNewEmptyDir().endEmptyDir().build());
    volumes.add(
        new VolumeBuilder()
            .withName("scratch")
            .withNewEmptyDir()
            .withSizeLimit(new Quantity(properties.scratch()))
            .endEmptyDir()
            .build());
    volumes.add(
        new VolumeBuilder()
            .withName("shm")
            .withNewEmptyDir()
            .withMedium("Memory")
            .withSizeLimit(new Quantity(properties.sharedMemory()))
            .endEmptyDir()
            .build());
    if (properties.storeClaim() != null) {
      volumes.add(
          new VolumeBuilder()
              .withName("store")
              .withNewPersistentVolumeClaim()
              .withClaimName(properties.storeClaim())
              .endPersistentVolumeClaim()
              .build());
    }
    return volumes;
  }

  private List<VolumeMount> mounts() {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(mount("tmp", "/tmp"));
    mounts.add(mount("scratch", SCRATCH));
    mounts.add(mount("shm", "/dev/shm"));
    if (properties.storeClaim() != null && properties.storePath() != null) {
      mounts.add(mount("store", properties.storePath().toString()));
    }
    return mounts;
  }

  private static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).build();
  }
}
