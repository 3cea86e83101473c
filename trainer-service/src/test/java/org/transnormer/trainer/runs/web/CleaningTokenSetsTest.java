package org.transnormer.trainer.runs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.client.RestClient;
import org.transnormer.support.problems.UnavailableProblem;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Neighbours.Presence;
import org.transnormer.trainer.runs.TokenSetNames.Named;

class CleaningTokenSetsTest {

  private HttpServer cleaning;
  private CleaningTokenSets sets;
  private Presence presence = Presence.PRESENT;

  /** cleaning-service, asked for a set. */
  private record Answering(Supplier<Presence> answer) implements Neighbours {
    @Override
    public List<String> referrers(Kind kind, String id, List<String> services) {
      return List.of();
    }

    @Override
    public Presence presence(String service, Kind kind, String id, String folder) {
      return answer.get();
    }
  }

  @BeforeEach
  void start() throws IOException {
    cleaning = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    cleaning.createContext(
        "/api/v1/token-sets/0199",
        exchange -> {
          byte[] body =
              "{\"id\": \"0199\", \"prefix\": \"token-sets/x\", \"digest\": \"d\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    cleaning.start();
    sets =
        new CleaningTokenSets(
            RestClient.create("http://localhost:" + cleaning.getAddress().getPort()),
            new Answering(() -> presence));
  }

  @AfterEach
  void stop() {
    cleaning.stop(0);
  }

  @Test
  void findsWhatCleaningServiceHasMade() {
    assertThat(sets.find("0199")).contains(new Named("0199", "token-sets/x"));
    assertThat(sets.find("0200")).isEmpty();
    assertThat(sets.find("../0199")).isEmpty();
  }

  @Test
  void doesNotTakeAnAbsentServiceForAnAbsentSet() {
    cleaning.stop(0);

    assertThatThrownBy(() -> sets.find("0199")).isInstanceOf(UnavailableProblem.class);
  }

  @ParameterizedTest
  @CsvSource({
    "PRESENT,   0199, false",
    "DISCARDED, x,    true",
    "UNKNOWN,   x,    false", // it lies in the store, and nobody made it through the platform
    "UNKNOWN,   0199, true", // its folder is kept by another set
  })
  void tellsASetThatWasRemovedFromOneThatNobodyMade(Presence said, String id, boolean removed) {
    presence = said;

    assertThat(sets.removed(id, "token-sets/x")).isEqualTo(removed);
  }
}
