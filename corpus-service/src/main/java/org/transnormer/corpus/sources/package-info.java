/** A source: where text lies, how it is to be read, under which licence. */
@NullMarked
package org.transnormer.corpus.sources;

import org.jspecify.annotations.NullMarked;
