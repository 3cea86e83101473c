package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.support.security.Role;

class SourcesIT {
  private final Api operator = RunningService.get().as(Role.OPERATOR);
  private final String corpus = TestCorpora.create("sources");

  private Api.Answer add(String uri, String more) {
    return operator.post(
        "/api/v1/corpora/" + corpus + "/sources",
        "{\"name\":\"books\",\"uri\":\"%s\",\"licence\":\"MIT\"%s}".formatted(uri, more));
  }

  @Test
  void showsASourceWithItsDefaults() throws IOException {
    Path folder = TestCorpora.folder();

    Api.Answer added = add(folder.toUri().toString(), ",\"provenance\":\"npm\"");
    Api.Answer shown = operator.get(added.header("Location"));

    assertThat(added.status()).isEqualTo(201);
    assertThat(shown.text("/format")).isEqualTo("auto");
    assertThat(shown.text("/include")).isEqualTo("**");
    assertThat(shown.text("/split")).isEqualTo("file");
    assertThat(shown.text("/tagged")).isEqualTo("none");
    assertThat(shown.text("/invalidText")).isEqualTo("fail");
    assertThat(shown.text("/charset")).isEqualTo("utf-8");
    assertThat(shown.text("/provenance")).isEqualTo("npm");
    assertThat(add(folder.toUri().toString(), "").status()).isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc",
        "file:///",
        "file:///nowhere/at/all",
        "s3://bucket/prefix",
        "http://localhost:5432/",
        "file://elsewhere/data",
        "relative/path"
      })
  void refusesPlacesOutsideOfTheRoots(String uri) {
    Api.Answer refused = add(uri, "");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/source-refused");
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/uri");
  }

  @Test
  void refusesDotsAndLinksThatLeadOut() throws IOException {
    Path folder = TestCorpora.folder();
    Path secret = Files.createDirectories(RunningService.get().outside().resolve("secret"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), secret);

    assertThat(add(folder.toUri() + "../../secret", "").status()).isEqualTo(422);
    assertThat(add(folder.toUri() + "%2e%2e/%2e%2e/secret", "").status()).isEqualTo(422);
    assertThat(add("file://" + link, "").status()).isEqualTo(422);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          ,"format":"pdf"               | /format
          ,"include":"{a"               | /include
          ,"exclude":"["                | /exclude
          ,"charset":"klingon"          | /charset
          ,"split":"word"               | /split
          ,"splitBytes":-1              | /splitBytes
          ,"fields":{"a b":"x"}         | /fields/a b
          ,"metadata":{"path":"x"}      | /metadata/path
          ,"tagged":"xml"               | /tagged
          ,"depth":3                    | /depth
          """)
  void namesWhatIsWrongWithARequest(String more, String pointer) throws IOException {
    Api.Answer refused = add(TestCorpora.folder().toUri().toString(), more);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void aCorpusTakesOnlyTheLicencesOfItsPolicy() throws IOException {
    String strict =
        operator
            .post(
                "/api/v1/corpora",
                "{\"name\":\"strict %s\",\"licencePolicy\":[\"CC0-1.0\"]}".formatted(corpus))
            .text("/id");
    String body = "{\"name\":\"a\",\"uri\":\"%s\",\"licence\":\"%s\"}";
    String uri = TestCorpora.folder().toUri().toString();
    String path = "/api/v1/corpora/" + strict + "/sources";

    Api.Answer refused = operator.post(path, body.formatted(uri, "proprietary"));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/licence");
    assertThat(operator.post(path, body.formatted(uri, "CC0-1.0")).status()).isEqualTo(201);
  }
}
