package org.transnormer.support.events;

/** An ingestion has ended well: its shards are in the catalogue. */
public record IngestionCompleted(
    String corpusId, String ingestionId, long documents, long shards, long failedFiles) {}
