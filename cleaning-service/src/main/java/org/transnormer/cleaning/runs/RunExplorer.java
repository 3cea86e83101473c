package org.transnormer.cleaning.runs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.decide.Counts;
import org.transnormer.cleaning.decide.Explanation;
import org.transnormer.cleaning.decide.ShardDecision;
import org.transnormer.cleaning.decide.Verdict;
import org.transnormer.cleaning.decide.WhatIf;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.cleaning.work.Works;

/**
 * Questions to a run that its sidecars answer: why was this document kept or dropped, what was
 * dropped for that reason, what if the limit were another. The last decisions asked for stay open,
 * as people ask several questions of one run.
 */
public final class RunExplorer implements AutoCloseable {

  private static final int MOST_OPEN = 2;

  private final ObjectStore store;
  private final CleaningRuns runs;
  private final RunDecisions decisions;
  private final EvaluationRounds rounds;
  private final Works works;
  private final Corpora corpora;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, RunDecisions.Opened> open = new LinkedHashMap<>(4, 0.75f, true);

  private record Key(String runId, int scoredRounds) {}

  public RunExplorer(
      ObjectStore store,
      CleaningRuns runs,
      RunDecisions decisions,
      EvaluationRounds rounds,
      Works works,
      Corpora corpora) {
    this.store = store;
    this.runs = runs;
    this.decisions = decisions;
    this.rounds = rounds;
    this.works = works;
    this.corpora = corpora;
  }

  /** The run has not come so far that it could answer. */
  public static final class TooEarlyException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    TooEarlyException() {
      super("the run has not annotated its documents and found their duplicates yet");
    }
  }

  /** A document that was dropped, with the text it was judged by. */
  public record Sample(Document document, Verdict.Dropped verdict) {}

  /** Everything known of one document; empty if the run has no such document. */
  public Optional<Explanation> explain(CleaningRun run, String documentId) throws IOException {
    requireReady(run);
    Corpora.Location place = locate(run, documentId);
    if (place == null) {
      return Optional.empty();
    }
    return ask(run, opened -> Optional.of(explain(opened, place)));
  }

  private static Explanation explain(RunDecisions.Opened opened, Corpora.Location place)
      throws IOException {
    List<AnnotatedShard> shards = opened.corpus().shards();
    for (int shard = 0; shard < shards.size(); shard++) {
      if (shards.get(shard).raw().sha256().equals(place.shard())) {
        return opened.decisions().explain(shard, place.ordinal());
      }
    }
    throw new IllegalStateException("shard " + place.shard() + " is not of this run");
  }

  /** Asks the catalogue first; it knows at once, but may know the document of another corpus. */
  private Corpora.@Nullable Location locate(CleaningRun run, String documentId) throws IOException {
    List<AnnotatedShard> shards = runs.annotatedShards(run.id());
    Optional<Corpora.Location> known =
        corpora
            .locate(documentId)
            .filter(place ->
                shards.stream().anyMatch(each -> each.raw().sha256().equals(place.shard())));
    if (known.isPresent()) {
      return known.get();
    }
    for (AnnotatedShard shard : shards) {
      try (DocumentShardReader reader = DocumentShardReader.open(store, shard.raw())) {
        OptionalLong ordinal = reader.find(documentId);
        if (ordinal.isPresent()) {
          return new Corpora.Location(shard.raw().sha256(), Math.toIntExact(ordinal.getAsLong()));
        }
      }
    }
    return null;
  }

  /** Documents dropped for a reason, spread over the shards in their order. */
  public List<Sample> samples(CleaningRun run, String reason, int limit) throws IOException {
    requireReady(run);
    return ask(run, opened -> samples(opened, reason, limit));
  }

  private List<Sample> samples(RunDecisions.Opened opened, String reason, int limit)
      throws IOException {
    List<Sample> samples = new ArrayList<>();
    List<AnnotatedShard> shards = opened.corpus().shards();
    for (int shard = 0; shard < shards.size() && samples.size() < limit; shard++) {
      ShardDecision decision = opened.decisions().decide(shard);
      RoaringBitmap dropped = new RoaringBitmap();
      decision.counts().dropped().keySet().stream()
          .filter(each -> each.reason().equals(reason))
          .forEach(each -> dropped.or(decision.dropped(each)));
      if (!dropped.isEmpty()) {
        read(shards.get(shard), decision, dropped, limit, samples);
      }
    }
    return samples;
  }

  private void read(
      AnnotatedShard shard,
      ShardDecision decision,
      RoaringBitmap ordinals,
      int limit,
      List<Sample> samples)
      throws IOException {
    try (DocumentShardReader reader = DocumentShardReader.open(store, shard.text())) {
      for (int ordinal : ordinals) {
        if (samples.size() == limit) {
          return;
        }
        if (decision.verdict(ordinal) instanceof Verdict.Dropped dropped) {
          samples.add(new Sample(reader.read(ordinal), dropped));
        }
      }
    }
  }

  /** Counts under other limits. Nothing changes. */
  public Counts whatIf(CleaningRun run, Map<String, Double> limits) throws IOException {
    requireReady(run);
    try (CorpusSidecars corpus =
        CorpusSidecars.open(store, RunArtifacts.layout(run.id()), runs.annotatedShards(run.id()))) {
      return WhatIf.evaluate(
          run.recipe(), limits, corpus, scoredRounds(run), decisions.decisions(run.id()));
    }
  }

  /** The text of a document as it was judged. */
  public Document read(String runId, int part, int ordinal) throws IOException {
    AnnotatedShard shard = runs.annotatedShards(runId).get(part);
    try (DocumentShardReader reader = DocumentShardReader.open(store, shard.text())) {
      return reader.read(ordinal);
    }
  }

  private void requireReady(CleaningRun run) {
    boolean ready =
        works.stages(run.id()).stream()
            .filter(stage -> stage.name().equals(RunStages.CLUSTER))
            .anyMatch(stage -> stage.state() == Stage.State.SUCCEEDED);
    if (!ready) {
      throw new TooEarlyException();
    }
  }

  /** Rounds that are behind the run, review included. */
  private int scoredRounds(CleaningRun run) {
    List<String> over =
        works.stages(run.id()).stream()
            .filter(stage -> stage.state() == Stage.State.SUCCEEDED)
            .map(Stage::name)
            .toList();
    int scored = 0;
    while (scored < rounds.of(run.id()).size() && over.contains(RunStages.review(scored + 1))) {
      scored++;
    }
    return scored;
  }

  private interface Question<T> {
    T ask(RunDecisions.Opened opened) throws IOException;
  }

  private <T> T ask(CleaningRun run, Question<T> question) throws IOException {
    Key key = new Key(run.id(), scoredRounds(run));
    lock.lock();
    try {
      RunDecisions.Opened opened = open.get(key);
      if (opened == null) {
        opened = decisions.open(run, key.scoredRounds());
        open.put(key, opened);
        closeEldest();
      }
      return question.ask(opened);
    } finally {
      lock.unlock();
    }
  }

  private void closeEldest() {
    while (open.size() > MOST_OPEN) {
      Key eldest = open.keySet().iterator().next();
      RunDecisions.Opened closing = open.remove(eldest);
      if (closing != null) {
        closing.close();
      }
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      open.values().forEach(RunDecisions.Opened::close);
      open.clear();
    } finally {
      lock.unlock();
    }
  }
}
