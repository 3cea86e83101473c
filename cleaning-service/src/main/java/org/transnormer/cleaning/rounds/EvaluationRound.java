package org.transnormer.cleaning.rounds;

import org.jspecify.annotations.Nullable;

/**
 * What a round has come to; fields are absent until their stage has ended.
 *
 * @param number from 1
 * @param tokenizer SHA-256 of the round's own tokenizer
 * @param window tokens of a document that are scored; 0 for all
 * @param cut thresholds and histogram, as JSON
 * @param sampleShare share of the train split that the model learns from
 * @param trainingFailures training runs that were given up
 * @param autoAccept the cut stands without a person
 */
public record EvaluationRound(
    String runId,
    int number,
    int window,
    boolean autoAccept,
    @Nullable String tokenizer,
    @Nullable Double sampleShare,
    @Nullable String tokenSetId,
    @Nullable String tokenSetPrefix,
    @Nullable String trainingRunId,
    int trainingFailures,
    EvaluationTrainings.@Nullable Checkpoint checkpoint,
    @Nullable Long scored,
    @Nullable Long unscored,
    @Nullable String cut) {}
