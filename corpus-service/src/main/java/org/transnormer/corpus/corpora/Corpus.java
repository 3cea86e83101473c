package org.transnormer.corpus.corpora;

import java.time.Instant;
import java.util.List;

/**
 * A named collection of sources.
 *
 * @param licences what its sources may be licensed under; empty allows everything
 * @param version counts its changes
 */
public record Corpus(
    String id,
    String name,
    String description,
    List<String> licences,
    long version,
    Instant createdAt,
    String createdBy,
    Instant updatedAt) {

  public Corpus {
    licences = List.copyOf(licences);
  }

  public boolean allows(String licence) {
    return licences.isEmpty() || licences.contains(licence);
  }
}
