package org.transnormer.corpus.sources;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Linguistic mark-up that is taken off a text. */
public enum Tagging {
  @JsonProperty("none")
  NONE,
  /** Words as word/tag, one sentence a line, as in the Brown corpus. */
  @JsonProperty("word-tag")
  WORD_TAG
}
