package org.transnormer.cleaning.recipe;

/**
 * @param exact drop documents whose normalised text equals another's
 * @param near drop documents that share a MinHash band with another
 * @param bands bands of the signature; with {@code rows} the threshold is about (1/bands)^(1/rows)
 * @param rows minima hashed into one band
 * @param words words in a shingle
 * @param survivor which document of a cluster stays among those that the rules keep
 */
public record DuplicateSpec(
    boolean exact,
    boolean near,
    Scope scope,
    int bands,
    int rows,
    int words,
    long seed,
    Survivor survivor) {

  /** Documents of different scopes are never duplicates of each other. */
  public enum Scope {
    CORPUS,
    SOURCE
  }

  /** Ties go to the smallest document id. */
  public enum Survivor {
    LONGEST,
    /** First in the order of shards and ordinals. */
    FIRST
  }

  /** 14 bands of 8 word 5-grams: half of the pairs at similarity 0.69 are caught. */
  public static final DuplicateSpec STANDARD =
      new DuplicateSpec(true, true, Scope.CORPUS, 14, 8, 5, 1, Survivor.LONGEST);

  public DuplicateSpec withNear(boolean value) {
    return new DuplicateSpec(exact, value, scope, bands, rows, words, seed, survivor);
  }
}
