package org.transnormer.cleaning.snapshots;

import java.io.IOException;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.problems.UnprocessableProblem;
import org.transnormer.support.removal.Announcements;
import org.transnormer.support.removal.Announcements.Announcement;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Neighbours.Presence;

/** Begins to refer to a snapshot in such a way that it cannot be removed meanwhile. */
public final class UseSnapshot {

  private final Announcements announcements;
  private final Neighbours neighbours;
  private final ObjectStore store;

  UseSnapshot(Announcements announcements, Neighbours neighbours, ObjectStore store) {
    this.announcements = announcements;
    this.neighbours = neighbours;
    this.store = store;
  }

  /** What refers to it from then on. */
  @FunctionalInterface
  public interface Use<T> {
    T with(Snapshot snapshot, Announcement announcement);
  }

  /**
   * @param referrer in words
   * @throws NotFoundProblem when there is none, or none any more
   * @throws UnprocessableProblem when it has no documents to train on
   */
  public <T> T use(String id, String referrer, Use<T> use) throws IOException {
    if (!Digests.isSha256(id)) {
      throw new NotFoundProblem("snapshot", id);
    }
    return announcements.announce(
        Kind.SNAPSHOT,
        id,
        referrer,
        announcement -> {
          Snapshot snapshot = read(id);
          if (snapshot.trainDocuments() == 0) {
            throw new UnprocessableProblem(
                "snapshot %s has no documents to train on".formatted(id));
          }
          return use.with(snapshot, announcement);
        });
  }

  /** One that corpus-service has not heard of yet lies in the store. */
  private Snapshot read(String id) throws IOException {
    if (neighbours.presence("corpus", Kind.SNAPSHOT, id, Snapshot.prefix(id))
        == Presence.DISCARDED) {
      throw new NotFoundProblem("snapshot", id);
    }
    try {
      return Snapshot.read(store, id);
    } catch (NoSuchObjectException _) {
      throw new NotFoundProblem("snapshot", id);
    }
  }
}
