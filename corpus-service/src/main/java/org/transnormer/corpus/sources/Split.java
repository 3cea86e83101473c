package org.transnormer.corpus.sources;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What one document of a plain text file is. */
public enum Split {
  @JsonProperty("file")
  FILE,
  /** Chunks between blank lines; neighbours are joined while they fit into splitBytes. */
  @JsonProperty("paragraph")
  PARAGRAPH,
  /** From one heading such as "CHAPTER 4." or "Part II" to the next. */
  @JsonProperty("chapter")
  CHAPTER,
  @JsonProperty("line")
  LINE
}
