package org.transnormer.support.architecture.canary.orders;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.architecture.canary.stock.Stock;

/** A name that says nothing, Spring in a root, an injected field, printing, half of a circle. */
public final class OrderManager {
  @Autowired private @Nullable JdbcClient jdbc;

  void sell(Stock stock) {
    System.out.println(stock + " " + jdbc);
    new IllegalStateException("printed").printStackTrace();
  }
}
