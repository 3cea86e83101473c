package org.transnormer.corpus.sources;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the files of a source are read. */
public enum SourceFormat {
  /** By extension, and by content where that says nothing. */
  @JsonProperty("auto")
  AUTO,
  /** JSON lines; a .json file may also hold an array of records or one record. */
  @JsonProperty("jsonl")
  JSONL,
  @JsonProperty("text")
  TEXT,
  @JsonProperty("html")
  HTML,
  /** message/rfc822, one mail a file. */
  @JsonProperty("mail")
  MAIL
}
