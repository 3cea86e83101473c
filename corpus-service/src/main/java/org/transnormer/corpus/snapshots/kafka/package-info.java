/** News of committed snapshots. */
@NullMarked
package org.transnormer.corpus.snapshots.kafka;

import org.jspecify.annotations.NullMarked;
