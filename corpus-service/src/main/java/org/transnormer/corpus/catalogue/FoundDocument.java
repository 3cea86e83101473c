package org.transnormer.corpus.catalogue;

import org.transnormer.artifacts.documents.Document;

/** A document and where it lies. */
public record FoundDocument(CataloguedShard shard, long ordinal, Document document) {}
