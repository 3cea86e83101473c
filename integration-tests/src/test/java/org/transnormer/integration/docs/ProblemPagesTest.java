package org.transnormer.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every type of problem that a service can answer with has a page that says what to do. */
class ProblemPagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGES = ROOT.resolve("docs/problems");
  private static final Pattern TYPE =
      Pattern.compile("(?:super|detail|Problem)\\(\\s*[1-5]\\d\\d,\\s*\"([a-z]+(?:-[a-z]+)*)\"");
  private static final Pattern NAMED = Pattern.compile("String SLUG = \"([a-z-]+)\"");

  /** The framework refuses these before any code of ours is asked. */
  private static final Set<String> OF_THE_FRAMEWORK =
      Set.of("method-not-allowed", "not-acceptable", "unsupported-media-type");

  @Test
  void everyTypeHasAPageAndEveryPageAType() throws IOException {
    Set<String> types = new TreeSet<>(OF_THE_FRAMEWORK);
    for (Path source : sources()) {
      String text = Files.readString(source);
      for (Pattern pattern : List.of(TYPE, NAMED)) {
        for (Matcher found = pattern.matcher(text); found.find(); ) {
          types.add(found.group(1));
        }
      }
    }

    assertThat(types).contains("not-found", "invalid-request", "service-away", "corrupt-artifact");
    assertThat(pages()).containsExactlyElementsOf(types);
  }

  @Test
  void everyPageSaysWhatToDo() throws IOException {
    for (String page : pages()) {
      assertThat(Files.readString(PAGES.resolve(page + ".md")))
          .as(page)
          .startsWith("# ")
          .containsPattern("\\b[45]\\d\\d\\b")
          .contains("\n## What to do\n");
    }
  }

  private static Set<String> pages() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(file.getFileName().toString().replace(".md", "")));
      return names;
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .map(module -> module.resolve("src/main/java"))
          .filter(Files::isDirectory)
          .flatMap(ProblemPagesTest::javaFiles)
          .toList();
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try {
      return Files.walk(folder).filter(file -> file.toString().endsWith(".java"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
