package org.transnormer.cleaning.runs.batch;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClientException;
import org.transnormer.cleaning.recipe.RoundSpec.EvaluationSpec;
import org.transnormer.cleaning.rounds.EndedTrainings;
import org.transnormer.cleaning.rounds.EvaluationRound;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.EvaluationTrainings;
import org.transnormer.cleaning.rounds.EvaluationTrainings.Order;
import org.transnormer.cleaning.rounds.EvaluationTrainings.Status;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.RunArtifacts;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.work.Works;

/**
 * Asks trainer-service for an evaluation model and waits for it. The event that a run has ended
 * shortens the wait; without it the run is looked at from time to time. While trainer-service is
 * away the stage waits and says so.
 */
final class TrainStage {

  private static final Logger LOG = LoggerFactory.getLogger(TrainStage.class);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final CleaningRuns runs;
  private final EvaluationRounds rounds;
  private final EvaluationTrainings trainings;
  private final EndedTrainings ended;
  private final RoundTokenSet tokenSet;
  private final Works works;
  private final InstantSource clock;
  private final Map<String, Instant> lastLook = new ConcurrentHashMap<>();

  TrainStage(
      CleaningRuns runs,
      EvaluationRounds rounds,
      EvaluationTrainings trainings,
      EndedTrainings ended,
      RoundTokenSet tokenSet,
      Works works,
      InstantSource clock) {
    this.runs = runs;
    this.rounds = rounds;
    this.trainings = trainings;
    this.ended = ended;
    this.tokenSet = tokenSet;
    this.works = works;
    this.clock = clock;
  }

  boolean take(String runId, int number) throws IOException, InterruptedException {
    EvaluationRound round = rounds.find(runId, number).orElseThrow();
    if (round.checkpoint() != null) {
      return true;
    }
    CleaningRun run = runs.find(runId).orElseThrow();
    if (round.tokenSetPrefix() == null) {
      var assembled = tokenSet.commit(round, run.work().execution().orElseThrow());
      rounds.tokenSet(
          runId, number, RunArtifacts.roundTokenSetId(runId, number), assembled.prefix());
      return false;
    }
    String training = round.trainingRunId();
    try {
      if (training == null) {
        rounds.training(runId, number, trainings.start(order(run, round)));
        return false;
      }
      if (due(training)) {
        return look(run, round, training);
      }
    } catch (HttpClientErrorException e) {
      throw new IllegalStateException(
          "trainer-service refuses the evaluation run: " + e.getResponseBodyAsString(), e);
    } catch (RestClientException e) {
      LOG.debug("trainer-service is away", e);
      works.note(runId, RunStages.train(number), "waiting for trainer-service: " + e.getMessage());
      Thread.sleep(BETWEEN_LOOKS); // back-off while the service is away
    }
    Thread.sleep(PAUSE); // one turn of a managed stage; a stop takes effect between turns
    return false;
  }

  private static Order order(CleaningRun run, EvaluationRound round) {
    String tokenSetId = round.tokenSetId();
    String prefix = round.tokenSetPrefix();
    if (tokenSetId == null || prefix == null) {
      throw new IllegalStateException("round " + round.number() + " has no token set");
    }
    return new Order(
        "%s-round-%d-%d".formatted(run.id(), round.number(), round.trainingFailures()),
        "evaluation of cleaning run %s, round %d".formatted(run.id(), round.number()),
        evaluation(run, round),
        tokenSetId,
        prefix);
  }

  private static EvaluationSpec evaluation(CleaningRun run, EvaluationRound round) {
    return run.recipe().rounds().get(round.number() - 1).evaluation();
  }

  private boolean due(String training) {
    Instant now = clock.instant();
    Instant last = lastLook.get(training);
    if (last != null && now.isBefore(last.plus(BETWEEN_LOOKS)) && !ended.contains(training)) {
      return false;
    }
    lastLook.put(training, now);
    return true;
  }

  private boolean look(CleaningRun run, EvaluationRound round, String training) {
    String stage = RunStages.train(round.number());
    switch (trainings.look(training)) {
      case Status.Running(long step, long steps, String detail) -> {
        works.advance(round.runId(), stage, step, steps);
        works.note(round.runId(), stage, detail);
        return false;
      }
      case Status.Succeeded(var checkpoint) -> {
        lastLook.remove(training);
        long steps = evaluation(run, round).steps();
        works.advance(round.runId(), stage, steps, steps);
        rounds.trained(round.runId(), round.number(), checkpoint);
        return true;
      }
      case Status.Failed(String reason) -> {
        lastLook.remove(training);
        rounds.trainingFailed(round.runId(), round.number());
        throw new IllegalStateException(
            "evaluation training run %s has %s".formatted(training, reason));
      }
    }
  }
}
