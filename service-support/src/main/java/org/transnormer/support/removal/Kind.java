package org.transnormer.support.removal;

import java.util.Locale;

/** What can be removed, or referred to from another service. */
public enum Kind {
  CORPUS,
  SOURCE,
  SNAPSHOT,
  EXPORT,
  CLEANING_RUN,
  TOKENIZER,
  TOKEN_SET,
  TRAINING_RUN,
  CHECKPOINT,
  ALIAS;

  /** As in queries, answers and the audit: {@code cleaning-run}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people: {@code cleaning run}. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
