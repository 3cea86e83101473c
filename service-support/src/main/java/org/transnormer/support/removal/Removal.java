package org.transnormer.support.removal;

import java.util.List;
import java.util.Map;

/**
 * What a removal does, or would do.
 *
 * @param possible false while something refers to it
 * @param extent how much of what goes with it, such as documents
 * @param bytes of the store that become free
 * @param referredToBy who does, in words; not all when there are many
 */
public record Removal(
    String kind,
    String id,
    boolean dryRun,
    boolean possible,
    Map<String, Long> extent,
    long bytes,
    List<String> referredToBy) {}
