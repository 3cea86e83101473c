package org.transnormer.cleaning.decide;

/** What became of a document, and why. */
public sealed interface Verdict {

  /** The document is in the snapshot. */
  record Kept(Split split) implements Verdict {}

  /**
   * @param stage who dropped it
   * @param reason a rule's name, or what the stage calls it
   * @param value what was measured; NaN if the reason has no measure
   * @param limit what the value was held against; NaN if the reason has no limit
   */
  record Dropped(Stage stage, String reason, double value, double limit) implements Verdict {}

  /** The document could not be measured. */
  record Failed(String reason) implements Verdict {}

  /** Which side of the held-out split a kept document is on. */
  enum Split {
    TRAIN("train"),
    HELD_OUT("heldout");

    private final String label;

    Split(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /** The stages that drop, in the order in which they judge. */
  enum Stage {
    RULES("rules"),
    EXACT_DUPLICATES("exact-duplicates"),
    NEAR_DUPLICATES("near-duplicates"),
    SELF_CLEANING("self-cleaning"),
    REVIEW("review");

    private final String label;

    Stage(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  default boolean kept() {
    return this instanceof Kept;
  }
}
