package org.transnormer.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Keeps what could not be sent yet, in bounded memory: when it is full, the oldest goes. What was
 * handed out stays until it is confirmed, so that an answer that got lost loses nothing.
 */
final class ReportBuffer<T> {

  private final int capacity;
  private final Deque<T> items = new ArrayDeque<>();
  private long dropped;

  /** How many of the first items are handed out. */
  private int pending;

  ReportBuffer(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(T item) {
    if (items.size() == capacity) {
      items.removeFirst();
      pending = Math.max(0, pending - 1);
      dropped++;
    }
    items.addLast(item);
  }

  /** The oldest items, at most so many. */
  synchronized List<T> oldest(int most) {
    List<T> batch = new ArrayList<>();
    for (T item : items) {
      if (batch.size() == most) {
        break;
      }
      batch.add(item);
    }
    pending = batch.size();
    return batch;
  }

  /** What {@link #oldest} gave last has arrived. */
  synchronized void confirm() {
    for (; pending > 0; pending--) {
      items.removeFirst();
    }
  }

  synchronized boolean isEmpty() {
    return items.isEmpty();
  }

  /** Items that had to go unsent. */
  synchronized long dropped() {
    return dropped;
  }
}
