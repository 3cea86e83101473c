package org.transnormer.cleaning.sidecar;

/** A column of a sidecar. Every column has a value in every row. */
public record Column(String name, Kind kind) {

  public enum Kind {
    INT,
    LONG,
    /** NaN stands for "nothing to measure". */
    DOUBLE,
    /** 16 bytes: a document id or a hash. */
    BYTES16,
    /** A short string out of few; written with a dictionary. */
    LABEL
  }

  public static Column ofInt(String name) {
    return new Column(name, Kind.INT);
  }

  public static Column ofLong(String name) {
    return new Column(name, Kind.LONG);
  }

  public static Column ofDouble(String name) {
    return new Column(name, Kind.DOUBLE);
  }

  public static Column ofBytes16(String name) {
    return new Column(name, Kind.BYTES16);
  }

  public static Column ofLabel(String name) {
    return new Column(name, Kind.LABEL);
  }
}
