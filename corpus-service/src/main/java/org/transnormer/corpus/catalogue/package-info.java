/** The documents of a corpus, looked up in its shards. */
@NullMarked
package org.transnormer.corpus.catalogue;

import org.jspecify.annotations.NullMarked;
