package org.transnormer.integration.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("soak") // the library asks a cluster for secrets while it renders; to run beside one
class ChartTest {

  private static final Path CHART = Path.of("..", "helm", "transnormer");
  private static final Path VALUES = Path.of("src", "test", "resources", "chart");

  @Test
  void passesTheStrictLint() {
    var result = new Helm(CHART).lint().strict().call();

    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "external.yaml", "gpu.yaml"})
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
  @ValueSource(strings = {"", "external.yaml", "gpu.yaml"})
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

    assertThat(objects.stream().filter(Deployment.class::isInstance).map(Deployment.class::cast))
        .allSatisfy(deployment ->
            assertThat(
                    deployment.getSpec().getTemplate().getSpec().getAutomountServiceAccountToken())
                .isEqualTo(deployment.getMetadata().getName().endsWith("-trainer")));
  }

  @Test
  void refusesAnExternalDatabaseWithoutAHost() {
    assertThatThrownBy(
            () -> new Helm(CHART).template().withName("t").set("database.mode", "external").call())
        .hasMessageContaining("host");
  }

  @Test
  void refusesAMisspeltValue() {
    assertThatThrownBy(() -> new Helm(CHART).template().withName("t").set("databse.x", "1").call())
        .hasMessageContaining("databse");
  }

  private static List<HasMetadata> render(String values) {
    var template = new Helm(CHART).template().withName("tnl");
    if (!values.isEmpty()) {
      template = template.withValuesFile(VALUES.resolve(values));
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
