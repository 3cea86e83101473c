package org.transnormer.support.architecture.canary.stock;

import org.springframework.batch.core.job.Job;
import org.transnormer.support.architecture.canary.orders.OrderManager;

/** The other half of the circle, with batch where it does not belong. */
public record Stock(Job job, OrderManager orders) {}
