package org.transnormer.standalone;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.standalone.platform.DataFolder;
import org.transnormer.standalone.platform.PlatformOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that every command of the standalone platform takes. */
final class DataOptions {

  @Option(
      names = "--data",
      description =
          "Folder of the databases, the broker, the object store and the logs (default:"
              + " .tnl/data).")
  private @Nullable Path data;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "Port of the door; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--root",
      description =
          "Folder from which text may be ingested, and checkpoints and tokenizers registered; may be"
              + " given several times.")
  private List<Path> roots = new ArrayList<>();

  @Option(
      names = "--store",
      description = {
        "Where every artefact lies: file:///folder or s3://bucket/prefix (default: in the data"
            + " folder).",
        "S3 is reached as TNL_STORE_S3_ENDPOINT, _REGION, _ACCESS_KEY, _SECRET_KEY and _PATH_STYLE"
            + " say."
      })
  private @Nullable URI store;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads of a training worker; 0 takes the machine's (default).")
  private int threads;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** Refuses what no start could use. */
  void check() {
    if (threads < 0) {
      throw new ParameterException(
          command.commandLine(), "--threads must be 0 or more, not " + threads);
    }
    for (Path root : roots) {
      if (!Files.isDirectory(root)) {
        throw new ParameterException(command.commandLine(), "--root: no folder " + root);
      }
    }
  }

  Path home() {
    String home = System.getenv("TNL_HOME");
    return (home == null ? Path.of(".tnl") : Path.of(home)).toAbsolutePath().normalize();
  }

  Path data() {
    Path chosen = data;
    return chosen == null ? home().resolve("data") : chosen.toAbsolutePath().normalize();
  }

  Path samples() {
    return home().resolve("samples");
  }

  /** Also points the log at the data folder; nothing may have been logged before. */
  PlatformOptions toPlatformOptions() throws IOException {
    check();
    DataFolder.claim(data());
    System.setProperty("tnl.logs", data().resolve("logs").toString());
    Files.createDirectories(samples());
    List<Path> allowed = new ArrayList<>(roots);
    allowed.add(samples());
    return new PlatformOptions(data(), port, allowed, threads, Optional.ofNullable(store));
  }
}
