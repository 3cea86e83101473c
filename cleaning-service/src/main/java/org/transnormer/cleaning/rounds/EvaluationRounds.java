package org.transnormer.cleaning.rounds;

import java.util.List;
import java.util.Optional;

/** Rounds of cleaning runs. */
public interface EvaluationRounds {

  void add(String runId, int number, int window, boolean autoAccept);

  Optional<EvaluationRound> find(String runId, int number);

  /** In order. */
  List<EvaluationRound> of(String runId);

  void tokenized(String runId, int number, String tokenizer, double sampleShare);

  void tokenSet(String runId, int number, String tokenSetId, String prefix);

  void training(String runId, int number, String trainingRunId);

  /** The training run has failed; a restart asks for another. */
  void trainingFailed(String runId, int number);

  void trained(String runId, int number, EvaluationTrainings.Checkpoint checkpoint);

  void scored(String runId, int number, long scored, long unscored);

  void cut(String runId, int number, String cut);
}
