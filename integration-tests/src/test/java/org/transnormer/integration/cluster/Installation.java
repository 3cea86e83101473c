package org.transnormer.integration.cluster;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The chart, installed in a namespace of its own under the restricted pod security standard. */
final class Installation implements AutoCloseable {

  static final String RELEASE = "tnl";

  private static final String CHART = Path.of("..", "helm", "transnormer").toString();
  private static final String VALUES = Path.of("..", "helm", "values", "small.yaml").toString();
  private static final String SERVICES = "templates/services.yaml";
  private static final String READY_WITHIN = "20m";
  private static final int DOOR_PORT = 80;

  private final Command kubectl;
  private final Command helm;
  private final String namespace;
  private @Nullable Forward forward;

  private Installation(Command kubectl, Command helm, String namespace) {
    this.kubectl = kubectl;
    this.helm = helm;
    this.namespace = namespace;
  }

  /** Makes the namespace; nothing is installed yet. */
  static Installation in(String namespace) {
    Installation made =
        new Installation(
            Command.find("kubectl", "TNL_KUBECTL"), Command.find("helm", "TNL_HELM"), namespace);
    Leftovers.remove(made.kubectl, made.helm);
    made.kubectl.feed(Leftovers.namespace(namespace), "create", "-f", "-");
    return made;
  }

  String namespace() {
    return namespace;
  }

  /** Of every service, as the chart renders it. */
  String image() {
    String rendered = helm.run("template", RELEASE, CHART, "-f", VALUES, "-s", SERVICES);
    return rendered
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("image: "))
        .map(line -> line.substring("image: ".length()))
        .findFirst()
        .orElseThrow();
  }

  String lint() {
    return helm.run("lint", "--strict", CHART, "-f", VALUES);
  }

  /** Returns when every pod is ready. */
  void install(List<String> more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("install", RELEASE, CHART, "-n", namespace, "-f", VALUES, "--wait"));
    arguments.addAll(List.of("--timeout", READY_WITHIN));
    arguments.addAll(more);
    helm.run(arguments.toArray(String[]::new));
  }

  /** Returns when what changed is ready. */
  void upgrade(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("upgrade", RELEASE, CHART, "-n", namespace, "--wait"));
    arguments.addAll(List.of("--timeout", READY_WITHIN));
    arguments.addAll(List.of(more));
    helm.run(arguments.toArray(String[]::new));
  }

  String test() {
    return helm.run("test", RELEASE, "-n", namespace, "--logs", "--timeout", "5m");
  }

  void create(String manifest) {
    kubectl.feed(manifest, "-n", namespace, "create", "-f", "-");
  }

  String kubectl(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-n", namespace));
    all.addAll(List.of(arguments));
    return kubectl.run(all.toArray(String[]::new)).strip();
  }

  /** Whether a service account of the release may. */
  boolean may(String account, String verb, String resource) {
    return kubectl
        .ask(
            "auth",
            "can-i",
            verb,
            resource,
            "-n",
            namespace,
            "--as=system:serviceaccount:%s:%s-%s".formatted(namespace, RELEASE, account))
        .text()
        .strip()
        .equals("yes");
  }

  String key() {
    return new String(
        Base64.getDecoder()
            .decode(
                kubectl("get", "secret", RELEASE + "-bootstrap-key", "-o=jsonpath={.data.key}")),
        StandardCharsets.UTF_8);
  }

  /** The door, by a forwarded port; forwarded anew when its pod went away. */
  synchronized URI door() {
    if (forward == null || !forward.isAlive()) {
      forward = Forward.to(this, "svc/" + RELEASE + "-door", DOOR_PORT);
    }
    return forward.address();
  }

  Process start(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-n", namespace));
    all.addAll(List.of(arguments));
    return kubectl.start(all.toArray(String[]::new));
  }

  /** What one looks at when something went wrong. */
  String findings() {
    StringBuilder findings = new StringBuilder();
    for (String[] look :
        List.of(
            new String[] {"get", "pods,jobs,pvc,networkpolicies", "-o", "wide"},
            new String[] {"get", "events", "--sort-by=.lastTimestamp"},
            new String[] {"describe", "jobs"})) {
      append(findings, look);
    }
    for (String pod : kubectl.ask("-n", namespace, "get", "pods", "-o=name").text().split("\\s+")) {
      if (pod.startsWith("pod/")) {
        append(findings, "logs", pod, "--tail=40");
        append(findings, "logs", pod, "--tail=40", "--previous", "--ignore-errors");
      }
    }
    return findings.toString();
  }

  private void append(StringBuilder findings, String... look) {
    List<String> arguments = new ArrayList<>(List.of("-n", namespace));
    arguments.addAll(List.of(look));
    findings
        .append("\n== kubectl ")
        .append(String.join(" ", look))
        .append('\n')
        .append(kubectl.ask(arguments.toArray(String[]::new)).text());
  }

  /** Removes all of it: the release first, whose jobs' finalizers would hold the namespace. */
  @Override
  public void close() {
    if (forward != null) {
      forward.close();
    }
    Leftovers.remove(kubectl, helm, namespace);
  }
}
