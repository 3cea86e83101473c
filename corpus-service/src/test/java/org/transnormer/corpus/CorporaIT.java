package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.support.security.Role;

class CorporaIT {
  private final Api operator = RunningService.get().as(Role.OPERATOR);
  private final Api viewer = RunningService.get().as(Role.VIEWER);

  @Test
  void createsAndShowsACorpus() {
    String name = "Novels " + UUID.randomUUID();

    Api.Answer created =
        operator.post(
            "/api/v1/corpora",
            "{\"name\":\"%s\",\"description\":\"d\",\"licencePolicy\":[\"CC0-1.0\"]}"
                .formatted(name));
    Api.Answer shown = viewer.get(created.header("Location"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.text("/name")).isEqualTo(name);
    assertThat(shown.text("/licencePolicy/0")).isEqualTo("CC0-1.0");
    assertThat(shown.number("/counts/documents")).isZero();
    assertThat(shown.text("/createdBy")).isEqualTo("operator");
    assertThat(
            viewer.get("/api/v1/corpora?limit=500").body().at("/items").findValuesAsString("name"))
        .contains(name);
  }

  @Test
  void pagesThroughCorporaInOrderOfCreation() {
    String first = TestCorpora.create("page");
    String second = TestCorpora.create("page");

    Api.Answer page = viewer.get("/api/v1/corpora?limit=1&after=" + first);

    assertThat(page.text("/items/0/id")).isEqualTo(second);
  }

  @Test
  void anEditNeedsTheVersionItIsBasedOn() {
    String path = "/api/v1/corpora/" + TestCorpora.create("edit");
    String tag = viewer.get(path).header("ETag");

    assertThat(operator.patch(path, "", "{\"description\":\"x\"}").status()).isEqualTo(428);
    Api.Answer changed = operator.patch(path, tag, "{\"description\":\"x\"}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text("/description")).isEqualTo("x");
    assertThat(operator.patch(path, tag, "{\"description\":\"y\"}").status()).isEqualTo(412);
    assertThat(operator.patch(path, changed.header("ETag"), "{\"description\":\"\"}").status())
        .isEqualTo(200);
  }

  @Test
  void refusesANameThatIsTaken() {
    String name = "taken " + UUID.randomUUID();
    operator.post("/api/v1/corpora", "{\"name\":\"%s\"}".formatted(name));
    String other = "/api/v1/corpora/" + TestCorpora.create("other");

    assertThat(operator.post("/api/v1/corpora", "{\"name\":\"%s\"}".formatted(name)).status())
        .isEqualTo(409);
    assertThat(
            operator
                .patch(other, viewer.get(other).header("ETag"), "{\"name\":\"%s\"}".formatted(name))
                .status())
        .isEqualTo(409);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {}                               | /name
          {"name":""}                      | /name
          {"name":" x"}                    | /name
          {"name":"a","colour":"red"}      | /colour
          {"name":"a","licencePolicy":[""]}| /licencePolicy/0
          {"name":["a"]}                   | /name
          """)
  void namesWhatIsWrongWithARequest(String body, String pointer) {
    Api.Answer refused = operator.post("/api/v1/corpora", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/type")).isEqualTo("/problems/invalid-request");
    assertThat(refused.text("/errors/0/pointer")).startsWith(pointer);
    assertThat(refused.text("/requestId")).isNotEmpty();
  }

  @Test
  void unknownCorporaAreNotFound() {
    for (String path :
        new String[] {"", "/sources", "/ingestions", "/documents", "/shards", "/sources/x"}) {
      Api.Answer answer = viewer.get("/api/v1/corpora/nobody" + path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      assertThat(answer.text("/type")).isEqualTo("/problems/not-found");
    }
    assertThat(operator.delete("/api/v1/corpora/nobody").status()).isEqualTo(404);
    assertThat(operator.launch("/api/v1/corpora/nobody/ingestions", "{}").status()).isEqualTo(404);
  }

  @Test
  void rolesDecideWhoMayDoWhat() {
    Api anonymous = RunningService.get().anonymous();

    assertThat(anonymous.get("/api/v1/corpora").status()).isEqualTo(401);
    assertThat(anonymous.get("/v3/api-docs").status()).isEqualTo(401);
    assertThat(anonymous.get("/actuator/health").status()).isEqualTo(200);
    assertThat(viewer.post("/api/v1/corpora", "{\"name\":\"x\"}").status()).isEqualTo(403);
    assertThat(viewer.get("/internal/v1/corpora/x/shards").status()).isEqualTo(403);
    assertThat(operator.get("/internal/v1/corpora/x/shards").status()).isEqualTo(403);
  }
}
