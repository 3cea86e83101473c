package org.transnormer.artifacts.documents;

/** A document and its place in its shard, counted from 0. */
public record IndexedDocument(long ordinal, Document document) {}
