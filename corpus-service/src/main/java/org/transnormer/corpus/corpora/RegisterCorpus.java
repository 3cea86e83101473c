package org.transnormer.corpus.corpora;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.problems.PreconditionFailedProblem;
import org.transnormer.support.security.Caller;

/** Creates and edits corpora. */
public final class RegisterCorpus {
  private final Corpora corpora;
  private final Transactions transactions;
  private final Audit audit;
  private final Clock clock;

  RegisterCorpus(Corpora corpora, Transactions transactions, Audit audit, Clock clock) {
    this.corpora = corpora;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  public Corpus create(String name, String description, List<String> licences, Caller caller) {
    Instant now = Audit.now(clock);
    Corpus corpus = new Corpus(Ids.next(), name, description, licences, 1, now, caller.name(), now);
    transactions.inTransaction(() -> {
      if (!corpora.add(corpus)) {
        throw nameTaken(name);
      }
      audit.record(caller, "corpus.create", "/api/v1/corpora/" + corpus.id(), name);
    });
    return corpus;
  }

  /** What is null stays as it is. */
  public record Change(
      @Nullable String name, @Nullable String description, @Nullable List<String> licences) {}

  public Corpus change(String id, long version, Change change, Caller caller) {
    return transactions.inTransaction(() -> {
      Corpus now = corpora.find(id).orElseThrow(() -> new NotFoundProblem("corpus", id));
      Corpus changed = apply(now, change);
      if (corpora.nameTaken(changed.name(), id)) {
        throw nameTaken(changed.name());
      }
      if (now.version() != version || !corpora.replace(changed)) {
        throw new PreconditionFailedProblem("the corpus was changed by somebody else");
      }
      audit.record(caller, "corpus.change", "/api/v1/corpora/" + id, null);
      return changed;
    });
  }

  private Corpus apply(Corpus now, Change change) {
    String description = change.description();
    List<String> licences = change.licences();
    return new Corpus(
        now.id(),
        change.name() == null ? now.name() : change.name(),
        description == null ? now.description() : description,
        licences == null ? now.licences() : licences,
        now.version() + 1,
        now.createdAt(),
        now.createdBy(),
        Audit.now(clock));
  }

  private static ConflictProblem nameTaken(String name) {
    return new ConflictProblem("there is a corpus named " + name + " already");
  }
}
