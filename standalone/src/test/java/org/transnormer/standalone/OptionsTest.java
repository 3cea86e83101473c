package org.transnormer.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up --threads -3      | tnl: --threads must be 0 or more, not -3",
        "up --root /no/such   | tnl: --root: no folder /no/such",
        "demo --port x        | tnl: Invalid value for option '--port': 'x' is not an int",
        "up --colour          | tnl: Unknown option: '--colour'",
      })
  void refusesInTwoLines(String command, String message) {
    StringWriter err = new StringWriter();

    int status =
        Tnl.commandLine().setErr(new PrintWriter(err, true)).execute(command.strip().split(" "));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            message, "tnl: 'tnl %s --help' lists the options".formatted(command.split(" ")[0]));
  }
}
