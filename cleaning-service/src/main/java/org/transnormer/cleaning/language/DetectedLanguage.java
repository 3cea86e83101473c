package org.transnormer.cleaning.language;

/**
 * @param code ISO 639-1, or {@link #UNKNOWN}
 * @param confidence 0 to 1
 */
public record DetectedLanguage(String code, double confidence) {
  /** The text has no letters, or too few to tell. */
  public static final DetectedLanguage UNKNOWN = new DetectedLanguage("und", 0);
}
