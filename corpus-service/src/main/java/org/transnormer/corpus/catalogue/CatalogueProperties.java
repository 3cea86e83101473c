package org.transnormer.corpus.catalogue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How documents are looked up.
 *
 * @param openShards readers kept; each holds an id index and one frame (4 MiB of text) in memory
 * @param scannedDocuments looked at for one page of a filtered list
 */
@Validated
@ConfigurationProperties("tnl.corpus.catalogue")
record CatalogueProperties(
    @DefaultValue("16") @Min(1) @Max(10_000) int openShards,
    @DefaultValue("20000") @Min(500) @Max(10_000_000) int scannedDocuments) {}
