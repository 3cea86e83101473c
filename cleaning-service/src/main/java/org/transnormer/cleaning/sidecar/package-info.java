/** Parquet files beside a shard, one row per ordinal. */
@NullMarked
package org.transnormer.cleaning.sidecar;

import org.jspecify.annotations.NullMarked;
