package org.transnormer.cleaning.work;

import org.jspecify.annotations.Nullable;

/**
 * What a partition leaves in the database; what it leaves in the store is committed before.
 *
 * @param digest of the manifest of what it wrote
 * @param detail JSON that later stages read
 */
public record PartResult(
    String stage, int part, Tally tally, @Nullable String digest, @Nullable String detail) {}
