package org.transnormer.integration.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The chart, installed in a namespace of its own under the restricted pod security standard. */
final class Installation implements AutoCloseable {

  static final String RELEASE = "tnl";

  private static final String CHART = Path.of("..", "helm", "transnormer").toString();
  private static final String VALUES = Path.of("..", "helm", "values", "small.yaml").toString();
  private static final String READY_WITHIN = "10m";
  private static final Pattern FORWARDED = Pattern.compile("Forwarding from 127.0.0.1:(\\d+)");

  private final Command kubectl;
  private final Command helm;
  private final String namespace;
  private @Nullable Process forward;
  private @Nullable URI door;

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
    made.kubectl.run("create", "namespace", namespace);
    made.kubectl.run(
        "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
    return made;
  }

  String lint() {
    return helm.run("lint", "--strict", CHART, "-f", VALUES);
  }

  /** Returns when every pod is ready. */
  void install(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("install", RELEASE, CHART, "-n", namespace, "-f", VALUES, "--wait"));
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
    if (door == null || forward == null || !forward.isAlive()) {
      Process process =
          kubectl.start("-n", namespace, "port-forward", "svc/" + RELEASE + "-door", ":80");
      forward = process;
      door = URI.create("http://127.0.0.1:" + forwardedPort(process));
    }
    return door;
  }

  private static int forwardedPort(Process process) {
    StringBuilder said = new StringBuilder();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher matcher = FORWARDED.matcher(line);
        if (matcher.find()) {
          Thread.ofVirtual().start(() -> lines.lines().forEach(each -> {})); // keeps its pipe empty
          return Integer.parseInt(matcher.group(1));
        }
        said.append(line).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("kubectl port-forward: " + said);
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
      forward.destroy();
    }
    helm.ask("uninstall", RELEASE, "-n", namespace, "--wait", "--timeout", "3m");
    kubectl.ask("-n", namespace, "delete", "jobs,pods", "--all", "--timeout=2m");
    kubectl.run("delete", "namespace", namespace, "--timeout=3m");
  }
}
