package org.transnormer.worker;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.store.S3Options;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.model.device.Devices;
import org.transnormer.model.parallel.Rendezvous;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.worker.protocol.WorkerEnvironment;

/**
 * What the launcher told this process.
 *
 * @param rendezvous of the group, not resolved; empty for a rank that is told of none
 * @param sequenceRanks ranks that split every sequence; the ranks that neither this nor the next
 *     takes split the batch
 * @param tensorRanks ranks that split every layer
 * @param sharding what ranks that split the batch hold together
 * @param threads 0 where the assignment decides
 * @param pin whether each thread is bound to a processor
 * @param device what to compute on: auto, cpu, cuda
 * @param patience how long to wait for a trainer that is away
 */
record WorkerSettings(
    String runId,
    int attempt,
    String runToken,
    URI trainer,
    int rank,
    int worldSize,
    Optional<InetSocketAddress> rendezvous,
    int sequenceRanks,
    int tensorRanks,
    Sharding sharding,
    StoreConfig store,
    Path scratch,
    OptionalLong parentPid,
    int threads,
    boolean pin,
    String device,
    Duration patience) {

  /** Settings that no process can work with; lists every fault. */
  static final class UnusableSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableSettingsException(List<String> faults) {
      super(String.join("; ", faults));
    }
  }

  /**
   * @throws UnusableSettingsException naming every variable that is missing or unusable
   */
  static WorkerSettings from(Map<String, String> environment) {
    return new Reader(environment).read();
  }

  Optional<Rendezvous> meetingPlace() {
    return rendezvous.map(
        address -> new Rendezvous(runId + "/" + attempt, rank, worldSize, address, runToken));
  }

  /** The run token is a secret. */
  @Override
  public String toString() {
    return "run %s, attempt %d, rank %d of %d, trainer %s, store %s, scratch %s"
        .formatted(runId, attempt, rank, worldSize, trainer, store.uri(), scratch);
  }

  private record Reader(Map<String, String> environment, List<String> faults) {

    private static final Pattern HOST_AND_PORT = Pattern.compile("([^\\s:/]+):(\\d{1,5})");

    Reader(Map<String, String> environment) {
      this(environment, new ArrayList<>());
    }

    WorkerSettings read() {
      String runId = required(WorkerEnvironment.RUN_ID);
      if (!runId.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
        fault(WorkerEnvironment.RUN_ID, "is no name of a run");
      }
      int attempt = integer(WorkerEnvironment.ATTEMPT, null, 1);
      String token = required(WorkerEnvironment.RUN_TOKEN);
      URI trainer = uri(WorkerEnvironment.TRAINER_URL);
      int rank =
          integer(
              WorkerEnvironment.RANK, optional(WorkerEnvironment.COMPLETION_INDEX).orElse("0"), 0);
      int worldSize = integer(WorkerEnvironment.WORLD_SIZE, "1", 1);
      if (rank >= worldSize) {
        fault(WorkerEnvironment.RANK, "is %d of %d ranks".formatted(rank, worldSize));
      }
      Optional<InetSocketAddress> rendezvous =
          optional(WorkerEnvironment.RENDEZVOUS).flatMap(this::address);
      int sequenceRanks = integer(WorkerEnvironment.SEQUENCE_RANKS, "1", 1);
      int tensorRanks = integer(WorkerEnvironment.TENSOR_RANKS, "1", 1);
      if (worldSize % Math.max(1, sequenceRanks * tensorRanks) != 0) {
        fault(
            WorkerEnvironment.TENSOR_RANKS,
            "and %s: %d ranks cannot be divided by %d for layers and %d for sequences"
                .formatted(
                    WorkerEnvironment.SEQUENCE_RANKS, worldSize, tensorRanks, sequenceRanks));
      }
      Sharding sharding =
          parsed(
              WorkerEnvironment.SHARDING,
              optional(WorkerEnvironment.SHARDING).orElse("optimizer").toUpperCase(Locale.ROOT),
              Sharding::valueOf,
              Sharding.OPTIMIZER);
      Path scratch = path(WorkerEnvironment.SCRATCH);
      StoreConfig store =
          new StoreConfig(uri(WorkerEnvironment.STORE_URI), s3(), scratch.resolve("cache"));
      Optional<Long> parent =
          optional(WorkerEnvironment.PARENT_PID)
              .map(text -> parsed(WorkerEnvironment.PARENT_PID, text, Long::valueOf, 0L));
      int threads = integer(WorkerEnvironment.THREADS, "0", 0);
      boolean pin =
          parsed(
              WorkerEnvironment.PIN,
              optional(WorkerEnvironment.PIN).orElse("false"),
              Reader::flag,
              false);
      String device = optional(WorkerEnvironment.DEVICE).orElse(Devices.AUTO);
      int patience = integer(WorkerEnvironment.PATIENCE_SECONDS, "3600", 0);
      if (!faults.isEmpty()) {
        throw new UnusableSettingsException(faults);
      }
      return new WorkerSettings(
          runId,
          attempt,
          token,
          trainer,
          rank,
          worldSize,
          rendezvous,
          sequenceRanks,
          tensorRanks,
          sharding,
          store,
          scratch.toAbsolutePath(),
          parent.map(OptionalLong::of).orElse(OptionalLong.empty()),
          threads,
          pin,
          device,
          Duration.ofSeconds(patience));
    }

    private static boolean flag(String text) {
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException(text);
      };
    }

    private Optional<S3Options> s3() {
      if (!optional(WorkerEnvironment.STORE_URI).orElse("").startsWith("s3:")) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new S3Options(
                optional(WorkerEnvironment.S3_ENDPOINT).map(URI::create),
                optional(WorkerEnvironment.S3_REGION).orElse("us-east-1"),
                optional(WorkerEnvironment.S3_ACCESS_KEY),
                optional(WorkerEnvironment.S3_SECRET_KEY),
                Boolean.parseBoolean(optional(WorkerEnvironment.S3_PATH_STYLE).orElse("false"))));
      } catch (IllegalArgumentException e) {
        fault(WorkerEnvironment.S3_ENDPOINT, "and its keys are unusable: " + e.getMessage());
        return Optional.empty();
      }
    }

    private Optional<InetSocketAddress> address(String text) {
      Matcher matcher = HOST_AND_PORT.matcher(text);
      int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
      if (port < 1 || port > 65_535) {
        fault(WorkerEnvironment.RENDEZVOUS, "is no host:port: '" + text + "'");
        return Optional.empty();
      }
      return Optional.of(InetSocketAddress.createUnresolved(matcher.group(1), port));
    }

    private Optional<String> optional(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(s -> !s.isEmpty());
    }

    private String required(String name) {
      Optional<String> value = optional(name);
      if (value.isEmpty()) {
        fault(name, "is missing");
      }
      return value.orElse("?");
    }

    private int integer(String name, @Nullable String absent, int least) {
      String text = absent == null ? required(name) : optional(name).orElse(absent);
      int value = parsed(name, text, Integer::valueOf, least);
      if (value < least) {
        fault(name, "is below " + least);
      }
      return value;
    }

    private URI uri(String name) {
      return parsed(
          name,
          required(name),
          text -> {
            try {
              URI uri = new URI(text);
              if (!uri.isAbsolute()) {
                throw new IllegalArgumentException("no absolute URI");
              }
              return uri;
            } catch (URISyntaxException e) {
              throw new IllegalArgumentException(e);
            }
          },
          URI.create("file:///"));
    }

    private Path path(String name) {
      return parsed(name, required(name), Path::of, Path.of("/"));
    }

    private <T> T parsed(String name, String text, Function<String, T> parser, T otherwise) {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        if (optional(name).isPresent()) {
          fault(name, "is unusable: '" + text + "'");
        }
        return otherwise;
      }
    }

    private void fault(String name, String fault) {
      faults.add(name + " " + fault);
    }
  }
}
