package org.transnormer.cleaning.runs.web;

import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.cleaning.runs.Corpora;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Neighbours.Presence;
import org.transnormer.support.security.ServiceClients;

@Component
class RestCorpora implements Corpora {

  private final RestClient corpus;
  private final Neighbours neighbours;

  RestCorpora(ServiceClients clients, Neighbours neighbours) {
    this.corpus = clients.client("corpus");
    this.neighbours = neighbours;
  }

  private record DocumentView(Place shard, long ordinal) {}

  private record Place(String sha256) {}

  @Override
  public boolean exists(String corpusId) {
    return neighbours.presence("corpus", Kind.CORPUS, corpusId, "corpora/" + corpusId)
        == Presence.PRESENT;
  }

  @Override
  public List<ShardRef> shards(String corpusId) {
    ShardRef[] shards =
        corpus
            .get()
            .uri("/internal/v1/corpora/{id}/shards", corpusId)
            .retrieve()
            .body(ShardRef[].class);
    if (shards == null) {
      throw new IllegalStateException("corpus-service names no shards of " + corpusId);
    }
    return List.of(shards);
  }

  @Override
  public Optional<Location> locate(String documentId) {
    try {
      return Optional.ofNullable(
              corpus
                  .get()
                  .uri("/api/v1/documents/{id}", documentId)
                  .retrieve()
                  .body(DocumentView.class))
          .map(view -> new Location(view.shard().sha256(), Math.toIntExact(view.ordinal())));
    } catch (HttpClientErrorException.NotFound _) {
      return Optional.empty();
    }
  }
}
