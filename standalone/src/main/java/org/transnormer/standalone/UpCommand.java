package org.transnormer.standalone;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.transnormer.standalone.platform.Platform;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the platform and keeps it up until it is interrupted. */
@Command(
    name = "up",
    description = "Starts the platform; drive it by REST or in the browser. Ctrl-C stops it.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

  @Mixin private DataOptions options = new DataOptions();

  @Option(names = "--once", description = "Start, report and stop again.")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    try (Platform platform = Platform.start(options.toPlatformOptions())) {
      out.printf("The platform is up after %.1f s: %s%n", Uptime.seconds(), platform.door());
      out.printf("  key (admin)  %s%n", platform.bootstrapKeyFile());
      out.printf("  logs         %s%n", platform.logs());
      out.printf(
          "  try          curl -H \"Authorization: Bearer $(cat %s)\" %sapi/v1/overview%n",
          platform.bootstrapKeyFile(), platform.door());
      out.flush();
      if (!once) {
        platform.awaitShutdown();
      }
    }
    return 0;
  }
}
