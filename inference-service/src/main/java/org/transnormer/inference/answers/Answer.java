package org.transnormer.inference.answers;

import java.time.Instant;
import org.transnormer.inference.generation.Usage;

/**
 * An answer that was given, or is being given.
 *
 * @param id the id that the caller got
 * @param usage tokens; zero until the answer has ended
 * @param caller name of the key that asked, or of a service
 */
public record Answer(
    String id,
    String deployment,
    String checkpointId,
    Instant createdAt,
    Usage usage,
    String caller) {}
