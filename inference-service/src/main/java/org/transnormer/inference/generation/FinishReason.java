package org.transnormer.inference.generation;

/** Why a sequence ended. */
public enum FinishReason {
  /** The end-of-text token, or a stop text. */
  STOP,
  /** The limit of tokens. */
  LENGTH,
  /** Its caller left. */
  CANCELLED
}
