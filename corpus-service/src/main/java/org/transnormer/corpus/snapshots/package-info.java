/** What cleaning made of a corpus, and its exports. */
@NullMarked
package org.transnormer.corpus.snapshots;

import org.jspecify.annotations.NullMarked;
