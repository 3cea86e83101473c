package org.transnormer.cleaning.annotate;

/** Told now and then how far a long call has come. May throw to stop it; nothing is committed. */
@FunctionalInterface
public interface Progress {

  Progress NONE = (documents, bytes) -> {};

  /**
   * @param documents since the last call
   * @param textBytes UTF-8 bytes of text since the last call
   */
  void advanced(long documents, long textBytes);
}
