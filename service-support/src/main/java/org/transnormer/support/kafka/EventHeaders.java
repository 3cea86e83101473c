package org.transnormer.support.kafka;

/** Headers of every event. */
public final class EventHeaders {
  /** UUID; the same for every delivery of the event. */
  public static final String EVENT_ID = "event-id";

  /** Simple name of the record. */
  public static final String EVENT_TYPE = "event-type";

  /** The HTTP request that led to it. */
  public static final String REQUEST_ID = "request-id";

  private EventHeaders() {}
}
