package org.transnormer.support.problems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.transnormer.support.SharedService;
import org.transnormer.support.TestService;
import org.transnormer.support.TestService.Answer;
import org.transnormer.support.security.Role;

class ProblemsIT {
  private final TestService service = SharedService.get();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'name':'a','heads':1,'head':2}           | /head       | unknown field",
        "{'name':'a','heads':1,'parts':[{'x':1}]}  | /parts/0/x  | unknown field",
        "{'name':'a','heads':'many'}               | /heads      | 'many' is not valid here",
        "{'name':'a','heads':null}                 | /heads      | has the wrong type or is missing",
        "{'name':'a','heads':1,'kind':'small'}     | /kind       | 'small' is not valid here",
        "{'name':'','heads':1}                     | /name       | must not be blank",
        "{'name':'a','heads':9}                    | /heads      | must be less than or equal to 8",
        "{'name':'a','heads':1,'parts':[{'id':''}]}| /parts/0/id | must not be blank",
      })
  void namesTheFieldThatIsWrong(String body, String pointer, String detail) {
    Answer answer = post(body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/type").asString()).isEqualTo("/problems/invalid-request");
    assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
    assertThat(answer.json().at("/errors/0/detail").asString()).isEqualTo(detail.strip());
    assertThat(answer.json().at("/instance").asString()).isEqualTo("/api/v1/things");
  }

  @Test
  void saysWhereTheJsonBreaks() {
    assertThat(post("{\"name\":").json().at("/detail").asString()).contains("line 1");
    assertThat(post("").status()).isEqualTo(400);
    assertThat(post("{\"name\":\"a\",\"heads\":1}{}").status()).isEqualTo(400);
    assertThat(post("{\"name\":\"a\",\"name\":\"b\",\"heads\":1}").status()).isEqualTo(400);
  }

  @Test
  void writesEnumsInKebab() {
    Answer answer = post("{\"name\":\"a\",\"heads\":1,\"kind\":\"large-model\"}");

    assertThat(answer.json().at("/kind").asString()).isEqualTo("large-model");
    assertThat(answer.json().has("parts")).isFalse();
  }

  @Test
  void saysWhatIsMissing() {
    Answer answer = service.get(Role.VIEWER, "/api/v1/things/unknown");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers().getContentType()).hasToString("application/problem+json");
    assertThat(answer.json().at("/detail").asString()).isEqualTo("no thing unknown");
    assertThat(service.get(Role.VIEWER, "/api/v1/nowhere").json().at("/type").asString())
        .isEqualTo("/problems/not-found");
    assertThat(service.get(Role.VIEWER, "/v1/nowhere").json().at("/error/type").asString())
        .isEqualTo("not_found_error");
  }

  @Test
  void keepsItsInnerLifeToItself() {
    Answer answer = service.get(Role.VIEWER, "/api/v1/things/broken");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).doesNotContain("secret").doesNotContain("Exception");
    assertThat(answer.json().at("/requestId").asString()).isNotEmpty();
  }

  @Test
  void refusesTheWrongVerbTypeOrParameter() {
    assertThat(call(HttpMethod.DELETE, "/api/v1/things", null).status()).isEqualTo(405);
    assertThat(service.get(Role.VIEWER, "/api/v1/things/1?n=x").status()).isEqualTo(400);
    assertThat(
            service
                .post(Role.OPERATOR, "/api/v1/things", null, Map.of("Content-Type", "text/plain"))
                .status())
        .isIn(400, 415);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'name':'a\\u0000','heads':1}                   | 400",
        "{'name':'a\\\\\\u0000','heads':1}               | 400",
        "{'name':'a','heads':1,'parts':[{'i\\u0000':1}]} | 400",
        "{'name':'a\\\\u0000','heads':1}                 | 200",
        "{'name':'a\\u00001','heads':1}                  | 400",
        "{'name':'a\\u0001','heads':1}                   | 200",
      })
  void refusesTheNullCharacterInABody(String body, int status) {
    Answer answer = post(body.replace('\'', '"'));

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (status == 400) {
      assertThat(answer.json().at("/type").asString()).isEqualTo("/problems/invalid-request");
      assertThat(answer.json().at("/detail").asString()).contains("U+0000");
    }
  }

  @ParameterizedTest
  @CsvSource({"things/1?n=1&key=a%00b, key", "kinds?kind=%00, kind"})
  void refusesTheNullCharacterInAQuery(String path, String parameter) {
    Answer answer = service.get(Role.VIEWER, "/api/v1/" + path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(parameter);
    assertThat(answer.json().at("/errors/0/detail").asString()).contains("U+0000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"things//1", "things/1;x", "things/1?a%00=1"})
  void whatTheFirewallRefusesIsAnInvalidRequestToo(String path) {
    Answer answer = service.get(Role.VIEWER, "/api/v1/" + path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/type").asString()).isEqualTo("/problems/invalid-request");
  }

  /** Before any filter; no client library would send some of these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/things/%00",
        "/api/v1/things/a%2Fb",
        "/api/v1/things/a%5Cb",
        "/api/v1/things/a\\b",
        "/api/v1/things/%zz",
        "/api/v1/things/a|b",
        "/api/v1/things/%c0%af",
        "/../secret",
        "no-path",
      })
  void whatTheContainerRefusesIsAProblemToo(String target) throws IOException {
    String answer =
        service.raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("\r\nContent-Type: application/problem+json")
        .containsIgnoringCase("\r\nX-Request-Id: ")
        .contains("\"type\":\"/problems/invalid-request\"", "\"requestId\":")
        .doesNotContain("<html");
  }

  @Test
  void andHasOpenAisShapeForItsFamily() throws IOException {
    String answer =
        service.raw("GET /v1/models/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"error\":{", "invalid_request_error");
  }

  @Test
  void readsEnumsInAQueryAsInABody() {
    assertThat(service.get(Role.VIEWER, "/api/v1/kinds?kind=large-model").text())
        .isEqualTo("\"large-model\"");
    assertThat(service.get(Role.VIEWER, "/api/v1/kinds?kind=small-model").status()).isEqualTo(400);
  }

  @Test
  void takesTheCallersRequestIdIfItIsOne() {
    Answer given = withRequestId("trace-1");
    Answer hostile = withRequestId("a b<script>");

    assertThat(given.headers().getFirst("X-Request-Id")).isEqualTo("trace-1");
    assertThat(hostile.headers().getFirst("X-Request-Id")).matches("[0-9a-f-]{36}");
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    Answer answer = post("{\"name\":\"" + "x".repeat(20_000) + "\",\"heads\":1}");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().at("/limitBytes").asInt()).isEqualTo(10 * 1024);
  }

  private Answer withRequestId(String id) {
    return service.call(
        HttpMethod.GET,
        "/api/v1/things/1",
        service.token(Role.VIEWER),
        null,
        Map.of("X-Request-Id", id));
  }

  private Answer post(String body) {
    return call(HttpMethod.POST, "/api/v1/things", body);
  }

  private Answer call(
      HttpMethod method, String path, @org.jspecify.annotations.Nullable String body) {
    return service.call(method, path, service.token(Role.OPERATOR), body, Map.of());
  }
}
