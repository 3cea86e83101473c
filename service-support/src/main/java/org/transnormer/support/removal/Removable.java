package org.transnormer.support.removal;

import java.util.List;
import java.util.Map;

/**
 * One thing that can be removed. {@link RemoveThings} calls the methods in their order here, within
 * one transaction.
 */
public interface Removable {

  Kind kind();

  String id();

  /** Path of its resource. */
  String resource();

  /**
   * Nobody else removes it, or begins to refer to it, until the transaction ends.
   *
   * @return false when there is no such thing
   */
  boolean lock();

  /**
   * Who refers to it, in words: its own work that has not ended, things of this service, things of
   * others.
   */
  List<String> referrers();

  Contents contents();

  /** Removes the rows. */
  void remove();

  /**
   * What goes with a thing.
   *
   * @param extent how much of what, such as documents
   * @param bytes of the store
   * @param folders of the store that nothing else refers to
   */
  record Contents(Map<String, Long> extent, long bytes, List<String> folders) {}
}
