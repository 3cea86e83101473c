/** Exports as batch jobs. */
@NullMarked
package org.transnormer.corpus.snapshots.batch;

import org.jspecify.annotations.NullMarked;
