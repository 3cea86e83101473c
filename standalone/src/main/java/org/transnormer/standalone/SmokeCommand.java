package org.transnormer.standalone;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.transnormer.standalone.demo.Smoke;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks a running platform whether every part answers; the chart's test. */
@Command(
    name = "smoke",
    description = "Asks a running platform, through its door, whether every part answers.",
    mixinStandardHelpOptions = true)
final class SmokeCommand implements Callable<Integer> {

  @Option(names = "--door", required = true, description = "Base URL of the door.")
  private URI door = URI.create("http://localhost:8080/");

  @Option(
      names = "--wait",
      defaultValue = "60",
      description = "Seconds to wait for parts that do not answer yet (${DEFAULT-VALUE}).")
  private int patience;

  @Override
  public Integer call() throws InterruptedException {
    String key = System.getenv("TNL_KEY");
    if (key == null) {
      System.err.println("set TNL_KEY to an API key of the platform");
      return 2;
    }
    Instant deadline = Instant.now().plus(Duration.ofSeconds(patience));
    return Smoke.check(door, key, deadline, System.out) ? 0 : 1;
  }
}
