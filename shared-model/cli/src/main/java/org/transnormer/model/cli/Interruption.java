package org.transnormer.model.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C as a wish that work can grant at a good moment: the shutdown that it begins waits until
 * the work says that it is done.
 */
final class Interruption implements AutoCloseable {

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::ask, "tnl-interruption");
  private volatile boolean wished;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void ask() {
    wished = true;
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean wished() {
    return wished;
  }

  /** The work is done; a shutdown that waits goes on. */
  @Override
  public void close() {
    done.countDown();
    if (!wished) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // A shutdown began between the question and here, and waits for nothing now.
      }
    }
  }
}
