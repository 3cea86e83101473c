package org.transnormer.support.architecture;

import java.lang.reflect.RecordComponent;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * The keys that a module's {@link ConfigurationProperties} records read. A key is a promise to
 * whoever has set it, so a test of each module pins its list.
 */
public final class ConfigurationKeys {

  private ConfigurationKeys() {}

  /**
   * @param rootPackage of the module
   * @return full keys in kebab case, sorted; the components of nested records of their own
   */
  public static SortedSet<String> below(String rootPackage) {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    SortedSet<String> keys = new TreeSet<>();
    for (var found : scanner.findCandidateComponents(rootPackage)) {
      Class<?> type = load(String.valueOf(found.getBeanClassName()));
      collect(type, type.getAnnotation(ConfigurationProperties.class).value(), keys);
    }
    return keys;
  }

  private static void collect(Class<?> type, String prefix, SortedSet<String> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "-$1");
      String key = prefix + "." + ConfigurationPropertyName.adapt(name, '.');
      if (component.getType().isRecord()) {
        collect(component.getType(), key, keys);
      } else {
        keys.add(key);
      }
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
