package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ThreadsTest {

  @Command
  private static final class Any {
    @Mixin private final Threads threads;

    Any(boolean pinned) {
      this.threads = new Threads(pinned);
    }
  }

  private static Threads parsed(boolean pinned, String line) {
    Any any = new Any(pinned);
    new CommandLine(any).parseArgs(line.split(" "));
    return any.threads;
  }

  @ParameterizedTest
  @CsvSource({
    "true, --threads 4, , 4, true",
    "true, --threads 3, , 4, false",
    "true, --threads 4, , 0, false",
    "false, --threads 4, , 4, false",
    "true, --threads 4, false, 4, false",
    "false, --threads 3, true, 4, true",
    "false, --threads 3 --pin, false, 4, true",
    "true, --threads 4 --no-pin, true, 4, false",
  })
  void theLineCountsBeforeTheEnvironmentAndThatBeforeTheCommand(
      boolean pinned, String line, String environment, int processors, boolean expected) {
    Threads threads = parsed(pinned, line);

    assertThat(threads.pin(Optional.ofNullable(environment), processors)).isEqualTo(expected);
  }

  @Test
  void anEnvironmentThatSaysNeitherIsRefused() {
    Threads threads = parsed(true, "--threads 4");

    assertThatThrownBy(() -> threads.pin(Optional.of("perhaps"), 4))
        .hasMessage("TNL_PIN is true or false, not 'perhaps'");
  }
}
