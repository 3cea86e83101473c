/** A corpus: a named collection of sources, and what it holds. */
@NullMarked
package org.transnormer.corpus.corpora;

import org.jspecify.annotations.NullMarked;
