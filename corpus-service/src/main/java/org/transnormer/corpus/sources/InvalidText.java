package org.transnormer.corpus.sources;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What to do with bytes that are not text in the source's character encoding. */
public enum InvalidText {
  /** The document fails, with its reason. */
  @JsonProperty("fail")
  FAIL,
  /** Each becomes U+FFFD. */
  @JsonProperty("replace")
  REPLACE
}
