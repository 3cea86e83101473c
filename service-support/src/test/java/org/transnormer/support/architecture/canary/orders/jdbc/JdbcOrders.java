package org.transnormer.support.architecture.canary.orders.jdbc;

import org.springframework.jdbc.core.simple.JdbcClient;

/** An adapter where it belongs. */
record JdbcOrders(JdbcClient jdbc) {}
