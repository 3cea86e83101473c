package org.transnormer.integration.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Namespaces of tests: what a killed test left behind is removed by the next one. */
final class Leftovers {

  private static final String LABEL = "transnormer.org/test";
  private static final String HOST = "transnormer.org/test-host";
  private static final String PROCESS = "transnormer.org/test-process";

  /** No test takes this long, wherever it runs. */
  private static final Duration LONGEST = Duration.ofHours(3);

  private Leftovers() {}

  /** A namespace under the restricted pod security standard that says whose it is. */
  static String namespace(String name) {
    return """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: %s
      labels: {%s: cluster, pod-security.kubernetes.io/enforce: restricted}
      annotations: {%s: "%s", %s: "%d"}
    """
        .formatted(name, LABEL, HOST, host(), PROCESS, ProcessHandle.current().pid());
  }

  /** Of processes that are gone, and of whoever began hours ago. */
  static void remove(Command kubectl, Command helm) {
    JsonNode found =
        JsonMapper.shared()
            .readTree(kubectl.run("get", "namespaces", "-l", LABEL + "=cluster", "-o=json"));
    for (JsonNode namespace : found.path("items")) {
      JsonNode metadata = namespace.path("metadata");
      if (isLeft(metadata)) {
        String name = metadata.path("name").asString();
        System.out.println("removing " + name + ", which an earlier test left behind");
        remove(kubectl, helm, name);
      }
    }
  }

  private static boolean isLeft(JsonNode metadata) {
    Instant made = Instant.parse(metadata.path("creationTimestamp").asString());
    JsonNode owner = metadata.path("annotations");
    return made.isBefore(Instant.now().minus(LONGEST))
        || (owner.path(HOST).asString("").equals(host())
            && ProcessHandle.of(owner.path(PROCESS).asLong(0)).isEmpty());
  }

  /** All of it: the release first, whose jobs' finalizers would hold the namespace. */
  static void remove(Command kubectl, Command helm, String namespace) {
    helm.ask("uninstall", Installation.RELEASE, "-n", namespace, "--wait", "--timeout", "3m");
    kubectl.ask("-n", namespace, "delete", "jobs,pods", "--all", "--timeout=2m");
    kubectl.run("delete", "namespace", namespace, "--timeout=3m");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }
}
