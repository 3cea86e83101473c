package org.transnormer.trainer.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.transnormer.trainer.launch.GroupName;
import org.transnormer.trainer.launch.ObservedGroup;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Broken;
import org.transnormer.trainer.launch.ObservedGroup.Done;
import org.transnormer.trainer.launch.ObservedGroup.Pending;
import org.transnormer.trainer.launch.Orders;

/** The mock server has no controllers: the tests play them by editing statuses. */
@EnableKubernetesMockClient(crud = true)
class KubernetesClusterTest {

  private static final String NAMESPACE = "training";
  private static final GroupName NAME = GroupName.of("run-1", 2);
  private static final Instant SCHEDULED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:05Z");

  @SuppressWarnings("NullAway.Init") // set by the extension
  private KubernetesClient client;

  @SuppressWarnings("NullAway.Init")
  private KubernetesCluster cluster;

  @BeforeEach
  void connect() {
    cluster = cluster(properties(0, null));
  }

  @Test
  void makesAnIndexedJobThatNeverPutsTwoPodsOnOneRank() {
    cluster.create(Orders.order("run-1", 2, 4));

    var spec = job().getSpec();
    assertThat(spec.getCompletionMode()).isEqualTo("Indexed");
    assertThat(spec.getCompletions()).isEqualTo(4);
    assertThat(spec.getParallelism()).isEqualTo(4);
    assertThat(spec.getBackoffLimit()).isZero();
    assertThat(spec.getPodReplacementPolicy()).isEqualTo("Failed");
    assertThat(spec.getTtlSecondsAfterFinished()).isEqualTo(600);
    assertThat(spec.getSuspend()).isFalse();
    assertThat(spec.getTemplate().getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(spec.getTemplate().getSpec().getSubdomain()).isEqualTo(NAME.value());
  }

  @Test
  void podsSatisfyTheRestrictedStandard() {
    cluster.create(Orders.order("run-1", 2, 1));

    var pod = job().getSpec().getTemplate().getSpec();
    var container = pod.getContainers().getFirst();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
  }

  @Test
  void theTokenStandsInTheSecretAndNowhereElse() {
    cluster.create(Orders.order("run-1", 2, 1));

    var container = job().getSpec().getTemplate().getSpec().getContainers().getFirst();
    Map<String, String> environment = new java.util.HashMap<>();
    for (EnvVar variable : container.getEnv()) {
      environment.put(variable.getName(), variable.getValue());
    }
    assertThat(environment)
        .containsEntry("TNL_RUN_ID", "run-1")
        .containsEntry("TNL_ATTEMPT", "2")
        .containsEntry("TNL_WORLD_SIZE", "1")
        .containsEntry("TNL_TENSOR_RANKS", "1")
        .containsEntry("TNL_SHARDING", "optimizer")
        .containsEntry("TNL_RENDEZVOUS", cluster.rendezvous("run-1", 2))
        .containsEntry("TNL_STORE_URI", "file:///data/store")
        .containsEntry("TNL_TRAINER_URL", "http://trainer:8080")
        .doesNotContainKeys("TNL_RUN_TOKEN", "TNL_STORE_S3_SECRET_KEY");
    assertThat(container.getEnvFrom().getFirst().getSecretRef().getName()).isEqualTo(NAME.value());
    assertThat(text(secret(), "TNL_RUN_TOKEN")).isEqualTo("secret-token");
    assertThat(text(secret(), "TNL_STORE_S3_SECRET_KEY")).isEqualTo("s3-secret");
  }

  @Test
  void secretAndServiceGoWithTheJob() {
    cluster.create(Orders.order("run-1", 2, 1));

    Service service = client.services().inNamespace(NAMESPACE).withName(NAME.value()).get();
    assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
    assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
    assertThat(List.of(secret(), service))
        .allSatisfy(owned ->
            assertThat(owned.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(
                    owner -> assertThat(owner.getUid()).isEqualTo(job().getMetadata().getUid())));
  }

  @Test
  void mountsTheClaimOfAFileStoreAndSharedMemory() {
    cluster.create(Orders.order("run-1", 2, 1));

    var pod = job().getSpec().getTemplate().getSpec();
    assertThat(pod.getVolumes())
        .anySatisfy(volume ->
            assertThat(volume.getPersistentVolumeClaim())
                .isNotNull()
                .satisfies(claim -> assertThat(claim.getClaimName()).isEqualTo("shared")))
        .anySatisfy(volume ->
            assertThat(volume.getEmptyDir())
                .isNotNull()
                .satisfies(dir -> assertThat(dir.getMedium()).isEqualTo("Memory")));
    assertThat(pod.getContainers().getFirst().getVolumeMounts())
        .extracting("mountPath")
        .contains("/data", "/dev/shm", "/tmp");
  }

  @Test
  void asksForGpusAndToleratesTheirTaint() {
    cluster(properties(2, null)).create(Orders.order("run-1", 2, 1));

    var pod = job().getSpec().getTemplate().getSpec();
    assertThat(pod.getContainers().getFirst().getResources().getLimits())
        .containsEntry("nvidia.com/gpu", new Quantity("2"))
        .containsEntry("memory", new Quantity("2Gi"));
    assertThat(pod.getTolerations())
        .anySatisfy(each -> assertThat(each.getKey()).isEqualTo("nvidia.com/gpu"));
  }

  @Test
  void givesGpuPodsTheirRuntimeAndTheirPriority() {
    cluster(properties(8, null)).create(Orders.order("run-1", 2, 1));

    var pod = job().getSpec().getTemplate().getSpec();
    assertThat(pod.getRuntimeClassName()).isEqualTo("nvidia");
    assertThat(pod.getPriorityClassName()).isEqualTo("training");
    assertThat(pod.getAffinity()).isNull();
  }

  @Test
  void asksForTheRanksOfAGroupToBeTogether() {
    cluster(properties(8, "team-a")).create(Orders.order("run-1", 2, 4));

    var template = job().getSpec().getTemplate();
    assertThat(
            template
                .getSpec()
                .getAffinity()
                .getPodAffinity()
                .getPreferredDuringSchedulingIgnoredDuringExecution())
        .singleElement()
        .satisfies(wish -> {
          assertThat(wish.getPodAffinityTerm().getTopologyKey()).isEqualTo("topology.example/rack");
          assertThat(wish.getPodAffinityTerm().getLabelSelector().getMatchLabels())
              .containsEntry("batch.kubernetes.io/job-name", NAME.value());
        });
    assertThat(template.getMetadata().getAnnotations())
        .containsEntry("kueue.x-k8s.io/podset-preferred-topology", "topology.example/rack");
  }

  @Test
  void waitsForAdmissionWhenThereIsAQueue() {
    KubernetesCluster queued = cluster(properties(0, "team-a"));

    queued.create(Orders.order("run-1", 2, 1));

    assertThat(job().getSpec().getSuspend()).isTrue();
    assertThat(job().getMetadata().getLabels())
        .containsEntry("kueue.x-k8s.io/queue-name", "team-a");
    assertThat(only(queued).phase())
        .isEqualTo(new Pending("suspended until its queue admits it", Optional.empty()));
  }

  @Test
  void creatingAGroupTwiceCreatesItOnce() {
    cluster.create(Orders.order("run-1", 2, 1));
    String uid = job().getMetadata().getUid();

    cluster.create(Orders.order("run-1", 2, 1));

    assertThat(job().getMetadata().getUid()).isEqualTo(uid);
    assertThat(only(cluster))
        .isEqualTo(new ObservedGroup("run-1", 2, new Pending("", Optional.empty())));
  }

  @Test
  void showsWhyAPodIsNotScheduled() {
    cluster.create(Orders.order("run-1", 2, 1));
    pod(
        0,
        new PodStatusBuilder()
            .withPhase("Pending")
            .addNewCondition()
            .withType("PodScheduled")
            .withStatus("False")
            .withReason("Unschedulable")
            .withMessage("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
            .endCondition()
            .build());

    assertThat(only(cluster).phase())
        .isEqualTo(
            new Pending(
                "Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
                Optional.empty()));
  }

  @Test
  void showsWhyAnImageIsNotPulledAndSinceWhenItCouldBe() {
    cluster.create(Orders.order("run-1", 2, 1));
    pod(
        0,
        scheduled()
            .withPhase("Pending")
            .addNewContainerStatus()
            .withState(
                new ContainerStateBuilder()
                    .withNewWaiting()
                    .withReason("ImagePullBackOff")
                    .withMessage("Back-off pulling image")
                    .endWaiting()
                    .build())
            .endContainerStatus()
            .build());

    assertThat(only(cluster).phase())
        .isEqualTo(new Pending("ImagePullBackOff: Back-off pulling image", Optional.of(SCHEDULED)));
  }

  @Test
  void isActiveWhenEveryRankRuns() {
    cluster.create(Orders.order("run-1", 2, 2));
    pod(0, running());
    assertThat(only(cluster).phase()).isInstanceOf(Pending.class);

    pod(1, running());

    assertThat(only(cluster).phase()).isEqualTo(new Active(STARTED));
  }

  @Test
  void namesAWorkerThatRanOutOfMemory() {
    cluster.create(Orders.order("run-1", 2, 1));
    pod(
        0,
        scheduled()
            .withPhase("Failed")
            .addNewContainerStatus()
            .withState(
                new ContainerStateBuilder()
                    .withNewTerminated()
                    .withReason("OOMKilled")
                    .withExitCode(137)
                    .endTerminated()
                    .build())
            .endContainerStatus()
            .build());

    assertThat(only(cluster).phase())
        .isEqualTo(new Broken("pod %s-0-x: OOMKilled (exit code 137)".formatted(NAME)));
  }

  @Test
  void namesAnEviction() {
    cluster.create(Orders.order("run-1", 2, 1));
    pod(
        0,
        scheduled()
            .withPhase("Failed")
            .withReason("Evicted")
            .withMessage("The node was low on resource: memory.")
            .build());

    assertThat(only(cluster).phase())
        .isEqualTo(
            new Broken(
                "pod %s-0-x: Evicted: The node was low on resource: memory.".formatted(NAME)));
  }

  @Test
  void namesWhoTookThePodAway() {
    cluster.create(Orders.order("run-1", 2, 1));
    pod(
        0,
        scheduled()
            .withPhase("Failed")
            .addNewCondition()
            .withType("DisruptionTarget")
            .withStatus("True")
            .withReason("PreemptionByScheduler")
            .withMessage("preempting to accommodate a higher priority pod")
            .endCondition()
            .addNewContainerStatus()
            .withState(
                new ContainerStateBuilder()
                    .withNewTerminated()
                    .withReason("Error")
                    .withExitCode(143)
                    .endTerminated()
                    .build())
            .endContainerStatus()
            .build());

    assertThat(only(cluster).phase())
        .isEqualTo(
            new Broken(
                "pod %s-0-x: PreemptionByScheduler: preempting to accommodate a higher priority pod"
                    .formatted(NAME)));
  }

  @Test
  void believesTheJobWhenItsPodsAreGone() {
    cluster.create(Orders.order("run-1", 2, 1));
    condition("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
    assertThat(only(cluster).phase())
        .isEqualTo(new Broken("BackoffLimitExceeded: Job has reached the specified backoff limit"));
  }

  @Test
  void isDoneWhenTheJobIsComplete() {
    cluster.create(Orders.order("run-1", 2, 1));
    condition("Complete", "CompletionsReached", "");

    assertThat(only(cluster).phase()).isEqualTo(new Done());
  }

  @Test
  void deletesEverythingAndForgivesASecondTime() {
    cluster.create(Orders.order("run-1", 2, 1));

    cluster.delete(NAME);
    cluster.delete(NAME);

    assertThat(cluster.observe()).isEmpty();
    assertThat(client.secrets().inNamespace(NAMESPACE).list().getItems()).isEmpty();
    assertThat(client.services().inNamespace(NAMESPACE).list().getItems()).isEmpty();
  }

  @Test
  void leavesTheJobsOfAnotherPlatformAlone() {
    KubernetesProperties other = properties(0, null);
    cluster(
            new KubernetesProperties(
                other.namespace(),
                "another",
                other.image(),
                other.imagePullPolicy(),
                other.imagePullSecrets(),
                other.command(),
                other.arguments(),
                other.serviceAccount(),
                other.requests(),
                other.limits(),
                other.gpus(),
                other.gpuResource(),
                other.nodeSelector(),
                other.tolerations(),
                other.priorityClass(),
                other.runtimeClass(),
                other.topology(),
                other.sharedMemory(),
                other.scratch(),
                other.storeClaim(),
                other.storePath(),
                other.queue(),
                other.user(),
                other.terminationGrace(),
                other.ttlAfterFinished(),
                other.maxGroups(),
                other.rendezvousPort(),
                other.environment()))
        .create(Orders.order("run-9", 1, 1));

    assertThat(cluster.observe()).isEmpty();
  }

  @Test
  void ranksMeetUnderANameOfTheService() {
    assertThat(cluster.rendezvous("run-1", 2))
        .isEqualTo(NAME + "-0." + NAME + ".training.svc:29400");
  }

  @Test
  void hintsWhenAPodChanges() {
    AtomicInteger hints = new AtomicInteger();
    cluster.onChange(hints::incrementAndGet);

    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          pod(0, running());
          return hints.get() > 0;
        });
    cluster.close();
  }

  private KubernetesCluster cluster(KubernetesProperties properties) {
    return new KubernetesCluster(
        client,
        properties,
        Map.of("TNL_STORE_URI", "file:///data/store"),
        Map.of("TNL_STORE_S3_SECRET_KEY", "s3-secret"));
  }

  private static KubernetesProperties properties(
      int gpus, @org.jspecify.annotations.Nullable String queue) {
    return new KubernetesProperties(
        NAMESPACE,
        "test",
        "example/worker:1",
        "IfNotPresent",
        List.of(),
        List.of(),
        List.of(),
        null,
        Map.of("cpu", "1"),
        Map.of("memory", "2Gi"),
        gpus,
        "nvidia.com/gpu",
        Map.of(),
        List.of(),
        "training",
        gpus > 0 ? "nvidia" : null,
        "topology.example/rack",
        "64Mi",
        "1Gi",
        "shared",
        Path.of("/data"),
        queue,
        10001,
        Duration.ofSeconds(30),
        Duration.ofMinutes(10),
        10,
        29400,
        Map.of());
  }

  private Job job() {
    return client.batch().v1().jobs().inNamespace(NAMESPACE).withName(NAME.value()).get();
  }

  private Secret secret() {
    return client.secrets().inNamespace(NAMESPACE).withName(NAME.value()).get();
  }

  /** The mock server keeps what was sent; a real one turns stringData into data. */
  private static String text(Secret secret, String key) {
    String plain = secret.getStringData() == null ? null : secret.getStringData().get(key);
    return plain != null
        ? plain
        : new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }

  private static PodStatusBuilder scheduled() {
    return new PodStatusBuilder()
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("True")
        .withLastTransitionTime(SCHEDULED.toString())
        .endCondition();
  }

  private static PodStatus running() {
    return scheduled()
        .withPhase("Running")
        .addNewContainerStatus()
        .withState(
            new ContainerStateBuilder()
                .withNewRunning()
                .withStartedAt(STARTED.toString())
                .endRunning()
                .build())
        .endContainerStatus()
        .build();
  }

  private void pod(int rank, PodStatus status) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("%s-%d-x".formatted(NAME, rank))
            .withNamespace(NAMESPACE)
            .withLabels(
                Map.of(
                    GroupObjects.MANAGED_BY, GroupObjects.MANAGER,
                    GroupObjects.INSTANCE, "test",
                    GroupObjects.RUN, "run-1",
                    GroupObjects.ATTEMPT, "2"))
            .endMetadata()
            .withStatus(status)
            .build();
    client.resource(pod).inNamespace(NAMESPACE).createOr(resource -> resource.update());
  }

  private void condition(String type, String reason, String message) {
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(NAMESPACE)
        .withName(NAME.value())
        .editStatus(job -> {
          var status = new io.fabric8.kubernetes.api.model.batch.v1.JobStatus();
          status.setConditions(
              List.of(
                  new JobConditionBuilder()
                      .withType(type)
                      .withStatus("True")
                      .withReason(reason)
                      .withMessage(message)
                      .build()));
          job.setStatus(status);
          return job;
        });
  }

  private static ObservedGroup only(KubernetesCluster cluster) {
    assertThat(cluster.observe()).hasSize(1);
    return cluster.observe().getFirst();
  }
}
