package org.transnormer.corpus.retention;

import java.util.List;

/**
 * What a removal does, or would do.
 *
 * @param possible false while something refers to it
 * @param snapshots that refer to it; not all when there are many
 * @param ingestions at work
 */
public record Removal(
    String kind,
    String id,
    boolean dryRun,
    boolean possible,
    References.Extent extent,
    List<String> snapshots,
    List<String> ingestions) {}
