package org.transnormer.integration.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where no engine builds the Dockerfiles, at least what they say must hold. */
class DockerfilesTest {

  private static final Path PROJECT = Path.of("..");
  private static final Path DOCKER = PROJECT.resolve("docker");
  private static final String BUILT = "standalone/target/app/lib";

  static Stream<Dockerfile> dockerfiles() throws IOException {
    return Stream.of(
        Dockerfile.read(DOCKER.resolve("Dockerfile")),
        Dockerfile.read(DOCKER.resolve("trainer-cuda.Dockerfile")));
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void copiesOnlyWhatThereIs(Dockerfile dockerfile) {
    assertThat(dockerfile.sources())
        .contains(BUILT)
        .allSatisfy(source -> {
          if (!source.equals(BUILT)) {
            assertThat(PROJECT.resolve(source)).exists();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void sendsTheEngineWhatItCopiesAndNothingElse(Dockerfile dockerfile) {
    assertThat(dockerfile.ignore().getFirst()).isEqualTo("**");
    assertThat(dockerfile.ignore().stream().skip(1).map(line -> line.replace("/**", "")))
        .containsExactlyInAnyOrderElementsOf(
            dockerfile.sources().stream().map(source -> "!" + source).toList());
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void pinsItsBasesByFullVersion(Dockerfile dockerfile) {
    assertThat(dockerfile.all("ARG").toList())
        .hasSize(2)
        .allMatch(argument -> argument.matches("(JDK|BASE)=docker\\.io/\\S+:\\d+\\.\\d+\\S*"));
    assertThat(dockerfile.all("FROM").toList()).containsExactly("${JDK} AS java", "${BASE}");
  }

  @Test
  void bothEndInTheSameLayers() throws IOException {
    List<Dockerfile> both = dockerfiles().toList();

    assertThat(both.getFirst().upperLayers()).isEqualTo(both.getLast().upperLayers());
    assertThat(both.getFirst().upperLayers()).hasSizeGreaterThan(5);
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void runsAsTheUserOfTheChart(Dockerfile dockerfile) throws IOException {
    String chart = Files.readString(PROJECT.resolve("helm/transnormer/templates/_helpers.tpl"));
    String user = first(chart, "runAsUser: (\\d+)");

    assertThat(dockerfile.only("USER")).isEqualTo(user + ":" + user);
    assertThat(dockerfile.all("RUN").toList())
        .anyMatch(run -> run.contains("useradd --uid %s --gid %s".formatted(user, user)));
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void startsAProgramThatThereIs(Dockerfile dockerfile) {
    String main = first(dockerfile.only("CMD"), "\"([\\w.]+)\"");

    assertThatCode(() -> Class.forName(main).getMethod("main", String[].class))
        .doesNotThrowAnyException();
  }

  @Test
  void theScriptSaysOfTheImageWhatTheDockerfileSays() throws IOException {
    String script = Files.readString(PROJECT.resolve("scripts/images"));
    Dockerfile dockerfile = Dockerfile.read(DOCKER.resolve("Dockerfile"));
    String environment = first(script, "\"Env\":\\[([^]]*)]");

    assertThat(Arrays.stream(environment.split(",")).map(each -> each.replace("\"", "")))
        .containsExactlyInAnyOrder(dockerfile.only("ENV").split(" "));
    assertThat(script)
        .contains("\"User\":\"%s\"".formatted(dockerfile.only("USER")))
        .contains("\"WorkingDir\":\"%s\"".formatted(dockerfile.only("WORKDIR")))
        .contains(first(jlink(dockerfile.all("RUN").toList()), "(--strip.*?)--output").strip());
  }

  private static String jlink(List<String> runs) {
    return runs.stream().filter(run -> run.startsWith("jlink")).findFirst().orElseThrow();
  }

  @Test
  void namesModulesOfThisJdk() throws IOException {
    List<String> modules =
        Files.readAllLines(DOCKER.resolve("java.modules")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();

    assertThat(modules)
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(module -> ModuleFinder.ofSystem().find(module).isPresent());
  }

  /** The backend asks for these by their sonames, the newer first. */
  @Test
  void theCudaImageHasTheCudaThatTheBackendAsksForFirst() throws IOException {
    Dockerfile dockerfile = Dockerfile.read(DOCKER.resolve("trainer-cuda.Dockerfile"));

    assertThat(dockerfile.all("ARG").toList())
        .anyMatch(argument -> argument.matches("BASE=\\S+/cuda:13\\.\\S*-runtime-\\S+"));
    assertThat(dockerfile.only("ENV"))
        .contains("NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=compute,utility")
        .doesNotContain("LD_LIBRARY_PATH");
  }

  private static String first(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .findFirst()
        .map((MatchResult found) -> found.group(1))
        .orElseThrow(() -> new AssertionError("no " + pattern + " in " + text));
  }
}
