package org.transnormer.inference.generation;

/** Hears of one sequence's progress, on the engine's thread: it must not block. */
public interface GenerationListener {

  void token(GeneratedToken token);

  void end(FinishReason reason, Usage usage);

  /** The engine could not go on with the sequence. */
  void failed(Throwable cause);
}
