package org.transnormer.corpus.ingest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Why a file, or one document of it, was not taken. The slug is part of the REST interface. */
public enum Reason {
  /** Neither extension nor content names a format that is read here. */
  @JsonProperty("unsupported-format")
  UNSUPPORTED_FORMAT,
  /** The container (gzip, zstd, mail, JSON array) is damaged or ends too early. */
  @JsonProperty("corrupt")
  CORRUPT,
  /** Expands beyond the allowed ratio or size. */
  @JsonProperty("compression-bomb")
  COMPRESSION_BOMB,
  /** The file or the document is larger than the configured limit. */
  @JsonProperty("too-large")
  TOO_LARGE,
  @JsonProperty("line-too-long")
  LINE_TOO_LONG,
  /** Bytes that are not text in the declared character encoding. */
  @JsonProperty("invalid-encoding")
  INVALID_ENCODING,
  @JsonProperty("invalid-json")
  INVALID_JSON,
  /** JSON or MIME nested deeper than the configured limit. */
  @JsonProperty("too-deep")
  TOO_DEEP,
  /** A record without the configured text field, or where it is not a string. */
  @JsonProperty("missing-text")
  MISSING_TEXT,
  /** Nothing but white space. */
  @JsonProperty("empty")
  EMPTY,
  /** The source says that words carry tags, and none does. */
  @JsonProperty("not-tagged")
  NOT_TAGGED,
  @JsonProperty("metadata-too-large")
  METADATA_TOO_LARGE,
  /** A link that leads out of the configured roots, or to a folder. */
  @JsonProperty("outside-roots")
  OUTSIDE_ROOTS,
  /** A pipe, socket or device. */
  @JsonProperty("not-a-file")
  NOT_A_FILE,
  /** A name whose bytes are no text in UTF-8, or one with a backslash: nothing can point to it. */
  @JsonProperty("unusable-name")
  UNUSABLE_NAME,
  /** The operating system or the store refused to hand the file out. */
  @JsonProperty("unreadable")
  UNREADABLE,
  /** The file is not the one that was planned: another size, or gone. */
  @JsonProperty("changed")
  CHANGED;

  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
