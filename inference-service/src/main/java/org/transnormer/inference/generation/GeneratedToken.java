package org.transnormer.inference.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.generate.TokenLogProbability;

/**
 * A token and the text that became certain with it: a token may complete no character, and text
 * that could begin a stop text is held back.
 *
 * @param id token id
 * @param text text released by this token, often that of several tokens or none
 * @param logProbability nats under the untempered distribution; null when not asked for, and for
 *     the first token of a text, which nothing predicts
 * @param alternatives most likely tokens, most likely first; empty when not asked for
 */
public record GeneratedToken(
    int id, String text, @Nullable Double logProbability, List<TokenLogProbability> alternatives) {}
