package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() throws Exception {
    assertThat(keys())
        .containsExactly(
            "tnl.door.bootstrap-key",
            "tnl.door.bootstrap-key-file",
            "tnl.door.forward.connect",
            "tnl.door.forward.heartbeat",
            "tnl.door.forward.idle",
            "tnl.door.forward.response",
            "tnl.door.gather-timeout",
            "tnl.door.login-failures",
            "tnl.door.session-life",
            "tnl.services.cleaning",
            "tnl.services.corpus",
            "tnl.services.door",
            "tnl.services.inference",
            "tnl.services.trainer");
  }

  private static Set<String> keys() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    Set<String> keys = new TreeSet<>();
    for (var found : scanner.findCandidateComponents("org.transnormer.door")) {
      Class<?> type = Class.forName(((AnnotatedBeanDefinition) found).getBeanClassName());
      collect(type, type.getAnnotation(ConfigurationProperties.class).value(), keys);
    }
    return keys;
  }

  private static void collect(Class<?> type, String prefix, Set<String> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name =
          ConfigurationPropertyName.adapt(component.getName().replaceAll("([A-Z])", "-$1"), '.')
              .toString();
      String key = prefix + "." + name;
      if (component.getType().isRecord()) {
        collect(component.getType(), key, keys);
      } else {
        keys.add(key);
      }
    }
  }
}
