package org.transnormer.standalone;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.transnormer.standalone.demo.Demo;
import org.transnormer.standalone.platform.DataFolder;
import org.transnormer.standalone.platform.Platform;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main job, end to end, on a real sample corpus. */
@Command(
    name = "demo",
    description = {
      "Takes a real sample corpus through every stage, from raw text to a served answer, by the public",
      "REST API alone. A demo that was interrupted goes on where it stopped."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final int INTERRUPTED = 130; // as a shell says of SIGINT

  @Mixin private DataOptions options = new DataOptions();

  @Option(names = "--fast", description = "The same stages on a smaller sample, in under 90 s.")
  private boolean fast;

  @Option(names = "--reset", description = "Forget everything in the data folder and start over.")
  private boolean reset;

  @Option(
      names = "--stay",
      negatable = true,
      description = "Keep the platform up afterwards (default: yes on a terminal, else no).")
  private boolean stay = System.console() != null && System.console().isTerminal();

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    options.check();
    if (reset) {
      DataFolder.reset(options.data());
    }
    try (Platform platform = Platform.start(options.toPlatformOptions())) {
      try {
        return run(platform, out);
      } catch (RuntimeException e) {
        if (platform.isClosing()) {
          out.printf("%nStopped; nothing is lost. './tnl demo%s' goes on from here.%n", flags());
          return INTERRUPTED;
        }
        throw e;
      }
    }
  }

  private int run(Platform platform, PrintStream out) throws IOException, InterruptedException {
    out.printf("The platform is up after %.1f s: %s%n", Uptime.seconds(), platform.door());
    boolean good =
        Demo.run(
            platform.door(), platform.bootstrapKey(), options.data(), options.samples(), fast, out);
    out.printf("%nThe whole demo took %.0f s.%n", Uptime.seconds());
    if (!good) {
      out.println("The model did not reach what the demo promises; see 'held-out loss' above.");
    }
    if (stay) {
      out.printf("The page: %s%n", platform.door());
      out.println("The platform stays up; Ctrl-C stops it, './tnl up' starts it again.");
      platform.awaitShutdown();
    } else {
      out.println("'./tnl up' starts the platform again, with everything in it.");
    }
    return good ? 0 : 1;
  }

  private String flags() {
    return fast ? " --fast" : "";
  }
}
