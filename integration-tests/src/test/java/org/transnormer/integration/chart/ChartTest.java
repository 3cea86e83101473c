package org.transnormer.integration.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.transnormer.trainer.launch.kubernetes.KubernetesProperties;

class ChartTest {

  private static final Path CHART = Path.of("..", "helm", "transnormer");
  private static final Path VALUES = Path.of("src", "test", "resources", "chart");
  private static final Path SMALL = Path.of("..", "helm", "values", "small.yaml");

  private static ClusterOfSecrets cluster;

  @BeforeAll
  static void startCluster() throws IOException {
    cluster = ClusterOfSecrets.start();
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void forgetSecrets() {
    cluster.clear();
  }

  @Test
  void passesTheStrictLint() {
    var result = new Helm(CHART).lint().strict().call();

    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "small", "external.yaml", "gpu.yaml"})
  void rendersObjectsWithoutUnknownFields(String values) {
    List<HasMetadata> objects = render(values);

    assertThat(objects).hasSizeGreaterThan(20);
    for (HasMetadata object : objects) {
      assertThat(unknownFields(object))
          .as(object.getKind() + " " + object.getMetadata().getName())
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "small", "external.yaml", "gpu.yaml"})
  void runsEveryPodRestricted(String values) {
    List<PodSpec> pods =
        render(values).stream().map(ChartTest::podSpec).flatMap(Optional::stream).toList();

    assertThat(pods).hasSizeGreaterThan(5);
    assertThat(pods)
        .allSatisfy(pod -> {
          assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
          assertThat(pod.getContainers())
              .allSatisfy(container -> {
                var security = container.getSecurityContext();
                assertThat(security.getAllowPrivilegeEscalation()).isFalse();
                assertThat(security.getReadOnlyRootFilesystem()).isTrue();
                assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getReadinessProbe()).isNotNull();
              });
        });
  }

  @Test
  void givesOnlyTheTrainerAToken() {
    List<HasMetadata> objects = render("");

    assertThat(deployments(objects))
        .allSatisfy(deployment ->
            assertThat(
                    deployment.getSpec().getTemplate().getSpec().getAutomountServiceAccountToken())
                .isEqualTo(deployment.getMetadata().getName().endsWith("-trainer")));
  }

  @Test
  void refusesAnExternalDatabaseWithoutAHost() {
    assertThatThrownBy(() -> template().withName("t").set("database.mode", "external").call())
        .hasMessageContaining("host");
  }

  @Test
  void refusesAMisspeltValue() {
    assertThatThrownBy(() -> template().withName("t").set("databse.x", "1").call())
        .hasMessageContaining("databse");
  }

  @Test
  void makesSecretsAtTheFirstInstallation() {
    Secret identities = object(render(""), Secret.class, "tnl-identities");

    assertThat(identities.getData())
        .containsOnlyKeys(
            "corpus.key",
            "corpus.crt",
            "cleaning.key",
            "cleaning.crt",
            "trainer.key",
            "trainer.crt",
            "inference.key",
            "inference.crt",
            "door.key",
            "door.crt");
    assertThat(object(render(""), Secret.class, "tnl-postgres").getData().get("password"))
        .isNotEqualTo(object(render(""), Secret.class, "tnl-postgres").getData().get("password"));
  }

  @Test
  void keepsSecretsOverAnUpgrade() {
    cluster.put("tnl-postgres", Map.of("username", "postgres", "password", "as before"));
    cluster.put("tnl-bootstrap-key", Map.of("key", "tnl_as_before"));
    cluster.put("tnl-identities", Map.of("door.key", "the door's", "door.crt", "its certificate"));

    List<HasMetadata> objects = render("");

    assertThat(object(objects, Secret.class, "tnl-postgres").getData())
        .containsEntry("password", ClusterOfSecrets.base64("as before"));
    assertThat(object(objects, Secret.class, "tnl-bootstrap-key").getData())
        .containsEntry("key", ClusterOfSecrets.base64("tnl_as_before"));
    assertThat(object(objects, Secret.class, "tnl-identities").getData())
        .containsEntry("door.key", ClusterOfSecrets.base64("the door's"))
        .containsEntry("door.crt", ClusterOfSecrets.base64("its certificate"));
  }

  @Test
  void tellsTheTrainerHowItsPodsAre() throws IOException {
    KubernetesProperties pods = bind(trainerConfig(render("gpu.yaml")));

    assertThat(pods.image()).isEqualTo("registry.example/transnormer/trainer-cuda:0.1.0");
    assertThat(pods.imagePullSecrets()).containsExactly("registry");
    assertThat(pods.gpus()).isEqualTo(8);
    assertThat(pods.queue()).isEqualTo("gpu-queue");
    assertThat(pods.nodeSelector()).containsExactly(entry("nvidia.com/gpu.product", "NVIDIA-H200"));
    assertThat(pods.tolerations()).singleElement().extracting("key").isEqualTo("nvidia.com/gpu");
    assertThat(pods.limits()).containsEntry("memory", "512Gi");
    assertThat(pods.runtimeClass()).isEqualTo("nvidia");
    assertThat(pods.priorityClass()).isEqualTo("training");
    assertThat(pods.topology()).isEqualTo("topology.example/rack");
    assertThat(pods.sharedMemory()).isEqualTo("16Gi");
    assertThat(pods.scratch()).isEqualTo("200Gi");
    assertThat(pods.environment()).containsExactly(entry("NCCL_SOCKET_IFNAME", "eth0"));
    assertThat(pods.maxGroups()).isEqualTo(4);
    assertThat(pods.ttlAfterFinished()).isEqualTo(Duration.ofHours(1));
    assertThat(pods.terminationGrace()).isEqualTo(Duration.ofMinutes(2));
    assertThat(pods.serviceAccount()).isEqualTo("tnl-training");
    assertThat(pods.storeClaim()).isEqualTo("tnl-store");
  }

  /** The chart's values and the trainer's own defaults must not differ by accident. */
  @Test
  void tellsTheTrainerItsOwnDefaults() throws IOException {
    KubernetesProperties chart = bind(trainerConfig(render("")));
    KubernetesProperties own = bind("tnl: {trainer: {kubernetes: {image: any}}}");

    assertThat(chart)
        .usingRecursiveComparison()
        .comparingOnlyFields(
            "gpus",
            "gpuResource",
            "topology",
            "sharedMemory",
            "scratch",
            "maxGroups",
            "ttlAfterFinished",
            "terminationGrace",
            "runtimeClass",
            "priorityClass",
            "environment")
        .isEqualTo(own);
  }

  @Test
  void givesS3ToServicesAndTrainingPodsAlike() {
    List<HasMetadata> objects = render("external.yaml");

    assertThat(objects).noneMatch(PersistentVolumeClaim.class::isInstance);
    assertThat(deployments(objects))
        .hasSize(6)
        .allSatisfy(deployment -> {
          PodSpec pod = deployment.getSpec().getTemplate().getSpec();
          assertThat(pod.getContainers().getFirst().getEnv())
              .contains(
                  new EnvVar("TNL_STORE_URI", "s3://artefacts/tnl", null),
                  new EnvVar("TNL_STORE_S3_ENDPOINT", "https://s3.example", null),
                  new EnvVar("TNL_STORE_S3_PATH_STYLE", "true", null))
              .extracting(EnvVar::getName)
              .contains("TNL_STORE_S3_SECRET_KEY", "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG")
              .doesNotHaveDuplicates();
          assertThat(pod.getVolumes()).noneMatch(each -> each.getName().equals("store"));
          assertThat(pod.getPriorityClassName()).isEqualTo("platform");
        });
    assertThat(object(objects, NetworkPolicy.class, "tnl-training").getSpec().getEgress())
        .anyMatch(rule ->
            rule.getTo().isEmpty()
                && rule.getPorts().stream()
                    .anyMatch(port -> Integer.valueOf(443).equals(port.getPort().getIntVal())));
    assertThat(object(objects, ServiceAccount.class, "tnl-training").getMetadata().getAnnotations())
        .containsKey("eks.amazonaws.com/role-arn");
  }

  @Test
  void letsTheRanksOfAGroupSpeakByEveryPort() {
    NetworkPolicy policy = object(render("gpu.yaml"), NetworkPolicy.class, "tnl-training");
    Map<String, String> ranks =
        Map.of(
            "app.kubernetes.io/instance", "tnl",
            "app.kubernetes.io/managed-by", "tnl-trainer");

    assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(ranks);
    assertThat(policy.getSpec().getIngress())
        .singleElement()
        .matches(rule -> rule.getPorts().isEmpty() && only(rule.getFrom(), ranks));
    assertThat(policy.getSpec().getEgress())
        .anyMatch(rule -> rule.getPorts().isEmpty() && only(rule.getTo(), ranks));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "corpus   | TNL_CORPUS_ROOTS                     | /corpora/crawl,/corpora/books | crawl books",
        "trainer  | TNL_TRAINER_CHECKPOINTS_IMPORTROOTS  | /released                     | released",
        "cleaning | TNL_CLEANING_IMPORTROOTS             | /vocabularies                 | vocabularies",
      })
  void letsAServiceReadTheFoldersThatItIsGiven(
      String service, String variable, String paths, String volumes) {
    PodSpec pod =
        object(render("external.yaml"), Deployment.class, "tnl-" + service)
            .getSpec()
            .getTemplate()
            .getSpec();
    Container container = pod.getContainers().getFirst();

    assertThat(container.getEnv()).contains(new EnvVar(variable, paths, null));
    assertThat(pod.getVolumes()).extracting(Volume::getName).contains(volumes.split(" ", -1));
    assertThat(container.getVolumeMounts())
        .filteredOn(mount -> List.of(volumes.split(" ", -1)).contains(mount.getName()))
        .allMatch(VolumeMount::getReadOnly)
        .extracting(VolumeMount::getMountPath)
        .containsExactly(paths.split(",", -1));
  }

  @Test
  void givesNoFolderWhereNoneIsNamed() {
    List<HasMetadata> objects = render("");

    assertThat(environment(objects, "corpus"))
        .contains(new EnvVar("TNL_CORPUS_ROOTS", "/corpora", null));
    assertThat(environment(objects, "trainer"))
        .extracting(EnvVar::getName)
        .doesNotContain("TNL_TRAINER_CHECKPOINTS_IMPORTROOTS");
    assertThat(environment(objects, "cleaning"))
        .extracting(EnvVar::getName)
        .doesNotContain("TNL_CLEANING_IMPORTROOTS");
  }

  private static List<EnvVar> environment(List<HasMetadata> objects, String service) {
    return object(objects, Deployment.class, "tnl-" + service)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getEnv();
  }

  private static boolean only(List<NetworkPolicyPeer> peers, Map<String, String> labels) {
    return peers.size() == 1 && labels.equals(peers.getFirst().getPodSelector().getMatchLabels());
  }

  @Test
  void spreadsReplicasOverNodes() {
    assertThat(deployments(render("gpu.yaml")))
        .allSatisfy(deployment ->
            assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                .singleElement()
                .satisfies(spread ->
                    assertThat(spread.getLabelSelector().getMatchLabels())
                        .isEqualTo(deployment.getSpec().getSelector().getMatchLabels())));
  }

  private static List<Deployment> deployments(List<HasMetadata> objects) {
    return objects.stream()
        .filter(Deployment.class::isInstance)
        .map(Deployment.class::cast)
        .toList();
  }

  private static String trainerConfig(List<HasMetadata> objects) {
    return Objects.requireNonNull(
        object(objects, ConfigMap.class, "tnl-trainer").getData().get("trainer-service.yaml"));
  }

  @Test
  void letsTheTrainerReadNoSecret() {
    assertThat(object(render(""), Role.class, "tnl-trainer").getRules())
        .allSatisfy(rule -> {
          assertThat(rule.getVerbs()).doesNotContain("*");
          assertThat(rule.getResources()).doesNotContain("*");
          if (rule.getResources().contains("secrets")) {
            assertThat(rule.getVerbs()).containsExactlyInAnyOrder("create", "delete");
          }
        });
  }

  private static KubernetesProperties bind(String yaml) throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    new YamlPropertySourceLoader()
        .load("chart", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
        .forEach(environment.getPropertySources()::addFirst);
    return Binder.get(environment).bind("tnl.trainer.kubernetes", KubernetesProperties.class).get();
  }

  private static <T extends HasMetadata> T object(
      List<HasMetadata> objects, Class<T> kind, String name) {
    return objects.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(each -> each.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /**
   * For the oldest Kubernetes that the chart says it runs on; by itself the library assumes 1.20.
   */
  private static TemplateCommand template() {
    return new Helm(CHART).template().withKubeVersion("1.30.0");
  }

  private static List<HasMetadata> render(String values) {
    var template = template().withName("tnl");
    if (!values.isEmpty()) {
      template = template.withValuesFile(values.equals("small") ? SMALL : VALUES.resolve(values));
    }
    List<HasMetadata> objects = new ArrayList<>();
    for (String document : template.call().split("(?m)^---\\s*$")) {
      if (!document.replaceAll("(?m)^#.*$", "").isBlank()) {
        objects.add(Serialization.unmarshal(document, HasMetadata.class));
      }
    }
    return objects;
  }

  private static Optional<PodSpec> podSpec(HasMetadata object) {
    return switch (object) {
      case Deployment deployment -> Optional.of(deployment.getSpec().getTemplate().getSpec());
      case StatefulSet set -> Optional.of(set.getSpec().getTemplate().getSpec());
      default -> Optional.empty();
    };
  }

  private static List<String> unknownFields(HasMetadata object) {
    List<String> unknown = new ArrayList<>();
    if (object instanceof GenericKubernetesResource) {
      return unknown; // a custom resource: its fields are not known here
    }
    UnknownFields.collect(object, object.getKind(), unknown);
    return unknown;
  }
}
