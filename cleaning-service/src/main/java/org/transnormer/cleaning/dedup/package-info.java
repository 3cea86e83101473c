/**
 * Exact and near duplicates: sorted runs per shard, a merge per key range, union-find off the heap.
 */
@NullMarked
package org.transnormer.cleaning.dedup;

import org.jspecify.annotations.NullMarked;
