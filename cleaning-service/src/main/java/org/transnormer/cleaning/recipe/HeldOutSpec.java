package org.transnormer.cleaning.recipe;

/**
 * The held-out split is drawn by duplicate cluster, so that no text has a twin on the other side.
 *
 * @param share of clusters, 0 to 0.5
 */
public record HeldOutSpec(double share, long seed) {}
