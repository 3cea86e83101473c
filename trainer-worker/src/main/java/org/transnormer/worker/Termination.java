package org.transnormer.worker;

/** Whether the operating system asked this process to end. */
final class Termination {

  private volatile boolean requested;

  void request() {
    requested = true;
  }

  boolean requested() {
    return requested;
  }
}
