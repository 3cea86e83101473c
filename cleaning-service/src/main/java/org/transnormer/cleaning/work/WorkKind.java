package org.transnormer.cleaning.work;

/** What can be worked on; each kind is one batch job. */
public enum WorkKind {
  CLEANING("cleaning"),
  TOKENIZER("tokenizer"),
  TOKEN_SET("token-set");

  private final String label;

  WorkKind(String label) {
    this.label = label;
  }

  /** The name of the batch job, too. */
  public String label() {
    return label;
  }

  public static WorkKind of(String label) {
    for (WorkKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown kind of work: " + label);
  }
}
