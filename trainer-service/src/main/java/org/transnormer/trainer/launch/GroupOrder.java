package org.transnormer.trainer.launch;

import java.net.URI;
import org.transnormer.trainer.runs.RunSpec;

/**
 * What a cluster needs to know to run the workers of one attempt.
 *
 * @param token the workers authenticate with it; the database holds only its digest
 * @param controlUrl where the workers reach this service
 */
public record GroupOrder(String runId, int attempt, String token, URI controlUrl, RunSpec spec) {

  public GroupName name() {
    return GroupName.of(runId, attempt);
  }

  @Override
  public String toString() { // without the token
    return "GroupOrder[%s of %d ranks]".formatted(name(), spec.ranks());
  }
}
