package org.transnormer.corpus;

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
            "tnl.corpus.catalogue.open-shards",
            "tnl.corpus.catalogue.scanned-documents",
            "tnl.corpus.ingest.json-depth",
            "tnl.corpus.ingest.largest-document",
            "tnl.corpus.ingest.largest-expanded",
            "tnl.corpus.ingest.largest-file",
            "tnl.corpus.ingest.largest-mail",
            "tnl.corpus.ingest.largest-page",
            "tnl.corpus.ingest.largest-ratio",
            "tnl.corpus.ingest.longest-line",
            "tnl.corpus.ingest.metadata-size",
            "tnl.corpus.ingest.mime-depth",
            "tnl.corpus.ingest.mime-parts",
            "tnl.corpus.ingest.partition-files",
            "tnl.corpus.ingest.partition-size",
            "tnl.corpus.ingest.shard-size",
            "tnl.corpus.ingest.source-files",
            "tnl.corpus.retention.keep",
            "tnl.corpus.retention.sweep",
            "tnl.corpus.roots",
            "tnl.corpus.s3.access-key",
            "tnl.corpus.s3.endpoint",
            "tnl.corpus.s3.path-style",
            "tnl.corpus.s3.region",
            "tnl.corpus.s3.secret-key");
  }

  private static Set<String> keys() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    Set<String> keys = new TreeSet<>();
    for (var found : scanner.findCandidateComponents("org.transnormer.corpus")) {
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
