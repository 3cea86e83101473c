package org.transnormer.integration.chart;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * fabric8 keeps fields it does not know in {@code additionalProperties} at every level; here they
 * are found.
 */
final class UnknownFields {

  private UnknownFields() {}

  static void collect(Object object, String path, List<String> unknown) {
    switch (object) {
      case Collection<?> items -> items.forEach(item -> collectMaybe(item, path + "[]", unknown));
      case Map<?, ?> map ->
          map.forEach((key, value) -> collectMaybe(value, path + "." + key, unknown));
      default -> {
        if (object.getClass().getName().startsWith("io.fabric8.kubernetes.api.model")) {
          collectBean(object, path, unknown);
        }
      }
    }
  }

  private static void collectBean(Object bean, String path, List<String> unknown) {
    for (Method method : bean.getClass().getMethods()) {
      if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
        continue;
      }
      String name = method.getName().substring("get".length());
      Object value = invoke(method, bean);
      if (name.equals("AdditionalProperties")) {
        ((Map<?, ?>) value).keySet().forEach(key -> unknown.add(path + "." + key));
      } else if (!name.equals("Class")) {
        collectMaybe(value, path + "." + name, unknown);
      }
    }
  }

  private static void collectMaybe(
      @org.jspecify.annotations.Nullable Object value, String path, List<String> unknown) {
    if (value != null) {
      collect(value, path, unknown);
    }
  }

  private static Object invoke(Method method, Object bean) {
    try {
      return method.invoke(bean);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(method + " cannot be asked", e);
    }
  }
}
