package org.transnormer.corpus.ingest;

/**
 * One file as it lay when the ingestion began.
 *
 * @param path relative to the source, segments separated by slashes
 * @param fingerprint changes when the content does: size and time of change, or the store's ETag
 */
public record PlannedFile(String path, long size, String fingerprint) {}
