package org.transnormer.door.routes;

import java.util.List;
import java.util.Optional;

/** The path table: which service owns what below {@code /api/v1} and {@code /v1}. */
public final class Routes {
  private static final String API = "/api/v1";

  private record Prefix(String path, Part owner) {
    boolean covers(String candidate) {
      return candidate.equals(path) || candidate.startsWith(path + "/");
    }
  }

  private static final List<Prefix> TABLE =
      List.of(
          new Prefix(API + "/corpora", Part.CORPUS),
          new Prefix(API + "/documents", Part.CORPUS),
          new Prefix(API + "/snapshots", Part.CORPUS),
          new Prefix(API + "/recipes", Part.CLEANING),
          new Prefix(API + "/cleaning-runs", Part.CLEANING),
          new Prefix(API + "/review-items", Part.CLEANING),
          new Prefix(API + "/tokenizers", Part.CLEANING),
          new Prefix(API + "/token-sets", Part.CLEANING),
          new Prefix(API + "/training-runs", Part.TRAINER),
          new Prefix(API + "/checkpoints", Part.TRAINER),
          new Prefix(API + "/aliases", Part.TRAINER),
          new Prefix(API + "/deployments", Part.INFERENCE),
          new Prefix(API + "/answers", Part.INFERENCE),
          new Prefix("/v1", Part.INFERENCE));

  private static final String JOBS = API + "/jobs/";
  private static final String DEAD_LETTERS = API + "/system/dead-letters/";
  private static final String OWN_DEAD_LETTERS = API + "/dead-letters/";

  private Routes() {}

  /**
   * Where a request goes.
   *
   * @param path as the service knows it
   */
  public record Route(Part part, String path) {}

  /** The route of a path, or nothing when the door answers it itself. */
  public static Optional<Route> of(String path) {
    if (path.startsWith(JOBS)) {
      return jobOwner(path).map(part -> new Route(part, path));
    }
    if (path.startsWith(DEAD_LETTERS)) {
      return deadLetter(path.substring(DEAD_LETTERS.length()));
    }
    return TABLE.stream()
        .filter(each -> each.covers(path))
        .findFirst()
        .map(each -> new Route(each.owner(), path));
  }

  /** Job ids name their service: {@code cleaning-7}. */
  private static Optional<Part> jobOwner(String path) {
    String id = path.substring(JOBS.length());
    int dash = id.indexOf('-');
    return dash < 0 ? Optional.empty() : Part.of(id.substring(0, dash));
  }

  /** The gathered list's are addressed by service and id; a service knows its own by the id. */
  private static Optional<Route> deadLetter(String rest) {
    int slash = rest.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    return Part.of(rest.substring(0, slash))
        .map(part -> new Route(part, OWN_DEAD_LETTERS + rest.substring(slash + 1)));
  }
}
