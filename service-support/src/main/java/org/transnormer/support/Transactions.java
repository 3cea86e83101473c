package org.transnormer.support;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions as blocks, for use cases that stay plain Java. */
public final class Transactions {
  private final TransactionTemplate joining;
  private final TransactionTemplate separate;

  public Transactions(PlatformTransactionManager manager) {
    this.joining = new TransactionTemplate(manager);
    this.separate = new TransactionTemplate(manager);
    separate.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /** Runs in the current transaction, or in a new one. An exception rolls back. */
  public <T extends @Nullable Object> T inTransaction(Supplier<T> work) {
    return joining.execute(_ -> work.get());
  }

  public void inTransaction(Runnable work) {
    joining.executeWithoutResult(_ -> work.run());
  }

  /** Runs in a transaction of its own, committed whatever becomes of the current one. */
  public void inNewTransaction(Runnable work) {
    separate.executeWithoutResult(_ -> work.run());
  }
}
