package org.transnormer.artifacts.documents;

/** Where a snapshot lies; {@code id} is its Merkle root. */
public record SnapshotRef(String id, String prefix) {}
