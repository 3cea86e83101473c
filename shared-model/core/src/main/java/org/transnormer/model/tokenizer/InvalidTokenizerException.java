package org.transnormer.model.tokenizer;

import org.jspecify.annotations.Nullable;

/** A file that defines no tokenizer that can be used. */
public final class InvalidTokenizerException extends IllegalArgumentException {

  public InvalidTokenizerException(String reason) {
    this(reason, null);
  }

  public InvalidTokenizerException(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }
}
