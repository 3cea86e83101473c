package org.transnormer.cleaning;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param memory heap that one partition may use for sorting; data above it goes to scratch files
 * @param scoringThreads documents of a partition scored at a time; 0 for as many as processors
 * @param tokenizerText text that a tokenizer is trained on at most; more is sampled down
 * @param statisticsTokens tokens that a token set's statistics are measured on at most
 * @param importRoots folders that tokenizers may be registered from
 */
@ConfigurationProperties("tnl.cleaning")
public record CleaningProperties(
    @DefaultValue("256MB") DataSize memory,
    @DefaultValue("0") int scoringThreads,
    @DefaultValue("512MB") DataSize tokenizerText,
    @DefaultValue("200000000") long statisticsTokens,
    @DefaultValue List<Path> importRoots) {

  public CleaningProperties {
    if (memory.toBytes() < DataSize.ofMegabytes(1).toBytes()) {
      throw new IllegalArgumentException("tnl.cleaning.memory must be at least 1MB");
    }
    if (scoringThreads < 0 || statisticsTokens < 1) {
      throw new IllegalArgumentException(
          "tnl.cleaning.scoring-threads and statistics-tokens must not be negative");
    }
  }

  public int threads() {
    return scoringThreads == 0 ? Runtime.getRuntime().availableProcessors() : scoringThreads;
  }
}
