package org.transnormer.cleaning.work;

/** Told how far a long call has come. May throw to stop it; then nothing is committed. */
@FunctionalInterface
public interface Progress {

  Progress NONE = done -> {};

  /**
   * @param done since the last call
   */
  void advanced(long done);
}
