package org.transnormer.corpus.ingest;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** Launches, stops and restarts ingestions. A source is read by one ingestion at a time. */
public final class StartIngestion {
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(15);

  private final Corpora corpora;
  private final Sources sources;
  private final Ingestions ingestions;
  private final IngestionJobs jobs;
  private final Transactions transactions;
  private final Audit audit;
  private final Clock clock;

  public StartIngestion(
      Corpora corpora,
      Sources sources,
      Ingestions ingestions,
      IngestionJobs jobs,
      Transactions transactions,
      Audit audit,
      Clock clock) {
    this.corpora = corpora;
    this.sources = sources;
    this.ingestions = ingestions;
    this.jobs = jobs;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * @param wanted ids or names of sources; null means all of the corpus
   */
  public Ingestion start(String corpusId, @Nullable List<String> wanted, Caller caller) {
    Ingestion started =
        transactions.inTransaction(() -> {
          if (!corpora.lock(corpusId)) {
            throw new NotFoundProblem("corpus", corpusId);
          }
          List<String> ids = choose(sources.all(corpusId), wanted);
          requireIdle(corpusId, ids, null);
          Ingestion ingestion =
              new Ingestion(Ids.next(), corpusId, ids, Audit.now(clock), caller.name(), null, null);
          ingestions.add(ingestion);
          audit.launched(caller, "ingestion.start", ingestion.resource(), ids.size() + " sources");
          return ingestion;
        });
    jobs.launch(started);
    return started;
  }

  /** For those whose process died between the row and the job. */
  public void launchForgotten() {
    ingestions.unlaunched(FORGOTTEN_AFTER).forEach(jobs::launch);
  }

  public void stop(Ingestion ingestion, Caller caller) {
    String state = state(ingestion);
    if (!state.equals(WorkStatus.RUNNING) && !state.equals(WorkStatus.QUEUED)) {
      throw new ConflictProblem("the ingestion is " + state);
    }
    transactions.inTransaction(
        () -> audit.record(caller, "ingestion.stop", ingestion.resource(), null));
    jobs.stop(ingestion);
  }

  public void restart(Ingestion ingestion, Caller caller) {
    String state = state(ingestion);
    if (!state.equals(WorkStatus.STOPPED) && !state.equals(WorkStatus.FAILED)) {
      throw new ConflictProblem("the ingestion is " + state + "; only an ended one is restarted");
    }
    transactions.inTransaction(() -> {
      corpora.lock(ingestion.corpusId());
      requireIdle(ingestion.corpusId(), ingestion.sourceIds(), ingestion.id());
    });
    jobs.restart(ingestion);
    transactions.inTransaction(
        () -> audit.launched(caller, "ingestion.restart", ingestion.resource(), null));
  }

  private String state(Ingestion ingestion) {
    JobRun run = jobs.runs(List.of(ingestion)).get(ingestion.id());
    return run == null ? WorkStatus.QUEUED : run.state();
  }

  private static List<String> choose(List<Source> all, @Nullable List<String> wanted) {
    if (all.isEmpty()) {
      throw new ConflictProblem("the corpus has no source yet");
    }
    if (wanted == null) {
      return all.stream().map(Source::id).toList();
    }
    Map<String, String> known = new LinkedHashMap<>();
    all.forEach(source -> {
      known.put(source.id(), source.id());
      known.put(source.name(), source.id());
    });
    Set<String> chosen = new HashSet<>();
    for (int i = 0; i < wanted.size(); i++) {
      String id = known.get(wanted.get(i));
      if (id == null) {
        throw new InvalidProblem("/sources/" + i, "the corpus has no such source");
      }
      chosen.add(id);
    }
    if (chosen.isEmpty()) {
      throw new InvalidProblem("/sources", "name one source at least, or leave the field out");
    }
    return all.stream().map(Source::id).filter(chosen::contains).toList();
  }

  private void requireIdle(String corpusId, List<String> ids, @Nullable String except) {
    List<Ingestion> others = new ArrayList<>(ingestions.unpublished(corpusId));
    others.removeIf(
        other -> other.id().equals(except) || other.sourceIds().stream().noneMatch(ids::contains));
    Map<String, JobRun> runs = jobs.runs(others);
    for (Ingestion other : others) {
      JobRun run = runs.get(other.id());
      if (run == null || run.endedAt() == null) {
        throw new ConflictProblem("ingestion " + other.id() + " is reading one of these sources");
      }
    }
  }
}
