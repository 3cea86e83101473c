package org.transnormer.model.data;

/**
 * How far a run has come through its data, counted in samples over all ranks together; a checkpoint
 * keeps it, and the number of ranks may change between checkpoints.
 */
public record DataCursor(long globalSample) {

  public static final DataCursor START = new DataCursor(0);

  public DataCursor {
    if (globalSample < 0) {
      throw new IllegalArgumentException("negative data cursor: " + globalSample);
    }
  }

  public DataCursor advance(long samples) {
    return new DataCursor(Math.addExact(globalSample, samples));
  }
}
