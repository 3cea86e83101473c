package org.transnormer.support.outbox;

import org.transnormer.support.events.Topic;

/** Where events wait that must be published if, and only if, the current transaction commits. */
@FunctionalInterface
public interface Outbox {
  /**
   * Writes the event beside the state it announces. Published soon after the commit, at least once,
   * in order within a key.
   *
   * @param event a record of the topic's type
   * @throws IllegalStateException outside of a transaction
   */
  void publish(Topic topic, String key, Record event);
}
