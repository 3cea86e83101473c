package org.transnormer.trainer.runs.web;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.transnormer.support.problems.UnavailableProblem;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.trainer.runs.TokenSetNames;

/** {@link TokenSetNames} as cleaning-service, which makes the sets, knows them. */
public final class CleaningTokenSets implements TokenSetNames {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final RestClient cleaning;
  private final Neighbours neighbours;

  public CleaningTokenSets(RestClient cleaning, Neighbours neighbours) {
    this.cleaning = cleaning;
    this.neighbours = neighbours;
  }

  /**
   * @throws UnavailableProblem when cleaning-service cannot be asked
   */
  @Override
  public Optional<Named> find(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
          cleaning.get().uri("/api/v1/token-sets/{id}", id).retrieve().body(Named.class));
    } catch (HttpClientErrorException.NotFound e) {
      return Optional.empty();
    } catch (RestClientException e) {
      throw new UnavailableProblem(
          "cleaning-service cannot say which token set this is: " + e.getMessage(), RETRY_AFTER, e);
    }
  }

  /** A set that nobody made through the platform is called as its folder is. */
  @Override
  public boolean removed(String id, String prefix) {
    return switch (neighbours.presence("cleaning", Kind.TOKEN_SET, id, prefix)) {
      case PRESENT -> false;
      case DISCARDED -> true;
      case UNKNOWN -> !prefix.endsWith("/" + id);
    };
  }
}
