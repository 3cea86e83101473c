package org.transnormer.corpus.ingest;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;
import org.transnormer.artifacts.documents.ShardLimits;

/**
 * How sources are read.
 *
 * @param partitionSize files of one partition together; a larger file is a partition of its own
 * @param partitionFiles files of one partition
 * @param sourceFiles most files of one source
 * @param shardSize compressed size at which a shard is closed
 * @param largestFile as it lies in the source
 * @param largestExpanded after decompression
 * @param largestRatio of expanded over stored size
 * @param longestLine JSON line, or record of a JSON file
 * @param largestDocument text of one document
 * @param largestPage HTML
 * @param largestMail with its attachments
 * @param jsonDepth nesting of objects and arrays
 * @param mimeDepth nesting of multiparts
 * @param mimeParts of one mail
 * @param metadataSize names and values of one document's metadata, in characters
 */
@Validated
@ConfigurationProperties("tnl.corpus.ingest")
record IngestProperties(
    @DefaultValue("64MB") DataSize partitionSize,
    @DefaultValue("5000") @Min(1) @Max(100_000) int partitionFiles,
    @DefaultValue("1000000") @Min(1) @Max(10_000_000) int sourceFiles,
    @DefaultValue("256MB") DataSize shardSize,
    @DefaultValue("256GB") DataSize largestFile,
    @DefaultValue("256GB") DataSize largestExpanded,
    @DefaultValue("200") @Min(2) @Max(100_000) int largestRatio,
    @DefaultValue("16MB") DataSize longestLine,
    @DefaultValue("16MB") DataSize largestDocument,
    @DefaultValue("16MB") DataSize largestPage,
    @DefaultValue("32MB") DataSize largestMail,
    @DefaultValue("64") @Min(2) @Max(1000) int jsonDepth,
    @DefaultValue("20") @Min(1) @Max(100) int mimeDepth,
    @DefaultValue("1000") @Min(1) @Max(100_000) int mimeParts,
    @DefaultValue("16384") @Min(64) @Max(1_000_000) int metadataSize) {

  private static final DataSize MOST_IN_MEMORY = DataSize.ofMegabytes(128);

  IngestProperties {
    requireAtMost("longest-line", longestLine);
    requireAtMost("largest-document", largestDocument);
    requireAtMost("largest-page", largestPage);
    requireAtMost("largest-mail", largestMail);
    if (partitionSize.toBytes() < 1 || shardSize.toBytes() < 1 || largestFile.toBytes() < 1) {
      throw new IllegalArgumentException("tnl.corpus.ingest: sizes are positive");
    }
  }

  private static void requireAtMost(String key, DataSize size) {
    if (size.toBytes() < 1 || size.compareTo(MOST_IN_MEMORY) > 0) {
      throw new IllegalArgumentException(
          "tnl.corpus.ingest.%s is between 1 byte and %s".formatted(key, MOST_IN_MEMORY));
    }
  }

  ReadLimits limits() {
    return new ReadLimits(
        largestFile.toBytes(),
        largestExpanded.toBytes(),
        largestRatio,
        Math.toIntExact(longestLine.toBytes()),
        Math.toIntExact(largestDocument.toBytes()),
        Math.toIntExact(largestPage.toBytes()),
        Math.toIntExact(largestMail.toBytes()),
        jsonDepth,
        mimeDepth,
        mimeParts,
        metadataSize);
  }

  ShardLimits shardLimits() {
    ShardLimits standard = ShardLimits.standard();
    return new ShardLimits(shardSize.toBytes(), standard.frameBytes(), standard.documentBytes());
  }

  IngestionPlan.Cut cut() {
    return new IngestionPlan.Cut(partitionSize.toBytes(), partitionFiles);
  }
}
