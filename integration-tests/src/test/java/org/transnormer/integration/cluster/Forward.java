package org.transnormer.integration.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A port of the cluster at this machine, as long as what lies behind it lives. */
record Forward(Process process, URI address) implements AutoCloseable {

  private static final Pattern FORWARDED = Pattern.compile("Forwarding from 127.0.0.1:(\\d+)");

  /**
   * @param target such as {@code svc/door}
   */
  static Forward to(Installation installation, String target, int port) {
    Process process = installation.start("port-forward", target, ":" + port);
    return new Forward(process, URI.create("http://127.0.0.1:" + forwardedPort(process)));
  }

  boolean isAlive() {
    return process.isAlive();
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

  @Override
  public void close() {
    process.destroy();
  }
}
