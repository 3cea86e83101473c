package org.transnormer.support.problems;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;

/** Whatever the framework or the container answers with has a page, too. */
class ProblemTypesTest {
  private static final Path PAGES = Path.of("../docs/problems");

  static HttpStatus[] errors() {
    return Arrays.stream(HttpStatus.values())
        .filter(HttpStatus::isError)
        .toArray(HttpStatus[]::new);
  }

  @ParameterizedTest
  @MethodSource("errors")
  void everyStatusHasATypeWithAPage(HttpStatus status) {
    assertThat(PAGES.resolve(Problems.slug(status.value()) + ".md")).isRegularFile();
  }
}
