package org.transnormer.support.leases;

/**
 * The right to work on something.
 *
 * @param epoch grows with every owner; a result that carries an older one is refused
 */
public record Lease(String name, String owner, long epoch) {}
