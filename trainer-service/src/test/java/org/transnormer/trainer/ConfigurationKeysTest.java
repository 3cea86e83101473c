package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** Every key that the service can be configured by; a new one is a visible change. */
class ConfigurationKeysTest {

  private static final List<String> KEYS =
      List.of(
          "tnl.trainer.backoff",
          "tnl.trainer.checkpoints.import-roots",
          "tnl.trainer.control-url",
          "tnl.trainer.interval",
          "tnl.trainer.kubernetes.arguments",
          "tnl.trainer.kubernetes.command",
          "tnl.trainer.kubernetes.environment",
          "tnl.trainer.kubernetes.gpu-resource",
          "tnl.trainer.kubernetes.gpus",
          "tnl.trainer.kubernetes.image",
          "tnl.trainer.kubernetes.image-pull-policy",
          "tnl.trainer.kubernetes.image-pull-secrets",
          "tnl.trainer.kubernetes.instance",
          "tnl.trainer.kubernetes.limits",
          "tnl.trainer.kubernetes.max-groups",
          "tnl.trainer.kubernetes.namespace",
          "tnl.trainer.kubernetes.node-selector",
          "tnl.trainer.kubernetes.priority-class",
          "tnl.trainer.kubernetes.queue",
          "tnl.trainer.kubernetes.rendezvous-port",
          "tnl.trainer.kubernetes.requests",
          "tnl.trainer.kubernetes.scratch",
          "tnl.trainer.kubernetes.service-account",
          "tnl.trainer.kubernetes.shared-memory",
          "tnl.trainer.kubernetes.store-claim",
          "tnl.trainer.kubernetes.store-path",
          "tnl.trainer.kubernetes.termination-grace",
          "tnl.trainer.kubernetes.tolerations",
          "tnl.trainer.kubernetes.ttl-after-finished",
          "tnl.trainer.kubernetes.user",
          "tnl.trainer.launcher",
          "tnl.trainer.lease",
          "tnl.trainer.local.environment",
          "tnl.trainer.local.folder",
          "tnl.trainer.local.jvm-arguments",
          "tnl.trainer.local.keep-folders",
          "tnl.trainer.local.slots",
          "tnl.trainer.local.stop-timeout",
          "tnl.trainer.local.threads",
          "tnl.trainer.max-attempts",
          "tnl.trainer.max-backoff",
          "tnl.trainer.progress.log-lines",
          "tnl.trainer.start-timeout",
          "tnl.trainer.stop-timeout");

  @Test
  void knowsTheseKeysAndNoOthers() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    SortedSet<String> keys = new TreeSet<>();
    for (var found : scanner.findCandidateComponents("org.transnormer.trainer")) {
      Class<?> type = Class.forName(found.getBeanClassName());
      String prefix = type.getAnnotation(ConfigurationProperties.class).value();
      Arrays.stream(type.getRecordComponents())
          .map(RecordComponent::getName)
          .map(ConfigurationKeysTest::kebab)
          .forEach(name -> keys.add(ConfigurationPropertyName.of(prefix + "." + name).toString()));
    }

    assertThat(keys).containsExactlyElementsOf(KEYS);
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
  }
}
