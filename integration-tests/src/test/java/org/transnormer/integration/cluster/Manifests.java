package org.transnormer.integration.cluster;

import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Objects that tests make beside the chart's. */
final class Manifests {

  private Manifests() {}

  static String configMap(String name, Map<String, byte[]> files) {
    Map<String, String> data = new TreeMap<>();
    files.forEach((file, content) -> data.put(file, Base64.getEncoder().encodeToString(content)));
    return json(
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "ConfigMap",
            "metadata",
            Map.of("name", name),
            "binaryData",
            data));
  }

  static String secret(String name, Map<String, String> values) {
    return json(
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Secret",
            "metadata",
            Map.of("name", name),
            "stringData",
            values));
  }

  /** A pod of the platform's image that runs a class alone with the JDK. */
  static String javaPod(
      String name, Map<String, String> labels, String image, Class<?> main, Object... arguments) {
    StringBuilder command = new StringBuilder("[-cp, /code, " + main.getName());
    for (Object argument : arguments) {
      command.append(", ").append(json(argument.toString()));
    }
    command.append(']');
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %1$s, labels: %2$s}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: %1$s
          image: %3$s
          imagePullPolicy: IfNotPresent
          args: %4$s
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          volumeMounts: [{name: code, mountPath: /code}, {name: tmp, mountPath: /tmp}]
      volumes:
        - name: tmp
          emptyDir: {}
        - name: code
          configMap: {name: %5$s, items: [{key: %6$s.class, path: %7$s.class}]}
    """
        .formatted(
            name,
            json(labels),
            image,
            command,
            main.getSimpleName().toLowerCase(java.util.Locale.ROOT),
            main.getSimpleName(),
            main.getName().replace('.', '/'));
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }
}
