package org.transnormer.trainer.sql;

import java.util.function.Supplier;

/** Runs work in one database transaction; an exception rolls all of it back. */
public interface Transactions {

  <T> T call(Supplier<T> work);

  default void run(Runnable work) {
    call(() -> {
      work.run();
      return Boolean.TRUE;
    });
  }
}
