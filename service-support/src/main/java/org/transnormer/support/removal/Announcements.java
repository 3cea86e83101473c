package org.transnormer.support.removal;

import java.util.List;

/**
 * References to things of other services that are about to be made. To refer to such a thing,
 * announce it; then ask the thing's owner whether it is still there; then write the reference and
 * redeem the announcement in one transaction. The owner locks the thing before it asks who refers
 * to it: so whoever comes second sees the other.
 */
public interface Announcements {

  /** How to make the reference. */
  @FunctionalInterface
  interface Work<T, X extends Exception> {
    T with(Announcement announcement) throws X;
  }

  /** What was announced. */
  @FunctionalInterface
  interface Announcement {
    /**
     * Within the transaction that writes the reference itself.
     *
     * @throws org.transnormer.support.problems.ConflictProblem when that comes too late
     */
    void redeem();
  }

  /**
   * Announces a reference, outside of any transaction, and withdraws it in the end.
   *
   * @param referrer in words
   */
  <T, X extends Exception> T announce(Kind kind, String id, String referrer, Work<T, X> work)
      throws X;

  /** Who is about to refer to the thing, in words. */
  List<String> to(Kind kind, String id);
}
