package org.transnormer.support.removal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.transnormer.support.problems.UnavailableProblem;
import org.transnormer.support.security.ServiceClients;

/** Asks the other services over HTTP. */
final class RestNeighbours implements Neighbours {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final ServiceClients clients;
  private final Predicate<String> configured;

  /**
   * @param configured tells whether this installation has the service
   */
  RestNeighbours(ServiceClients clients, Predicate<String> configured) {
    this.clients = clients;
    this.configured = configured;
  }

  @Override
  public List<String> referrers(Kind kind, String id, List<String> services) {
    List<String> all = new ArrayList<>();
    for (String service : services) {
      if (configured.test(service)) {
        all.addAll(
            ask(
                    service,
                    client ->
                        client
                            .get()
                            .uri("/internal/v1/references?kind={kind}&id={id}", kind.text(), id)
                            .retrieve()
                            .body(ReferencesController.Referrers.class))
                .referrers());
      }
    }
    return all;
  }

  @Override
  public Presence presence(String service, Kind kind, String id, String folder) {
    if (!configured.test(service)) {
      return Presence.UNKNOWN;
    }
    return ask(
            service,
            client ->
                client
                    .get()
                    .uri(
                        "/internal/v1/presence?kind={kind}&id={id}&folder={folder}",
                        kind.text(),
                        id,
                        folder)
                    .retrieve()
                    .body(ReferencesController.Present.class))
        .presence();
  }

  private interface Question<T> {
    @Nullable T ask(RestClient client);
  }

  private <T> T ask(String service, Question<T> question) {
    try {
      T answer = question.ask(clients.client(service));
      if (answer == null) {
        throw new RestClientException("it answers nothing");
      }
      return answer;
    } catch (RestClientException e) {
      throw new UnavailableProblem(
          "%s-service cannot say what refers to what: %s".formatted(service, e.getMessage()),
          RETRY_AFTER,
          e);
    }
  }
}
