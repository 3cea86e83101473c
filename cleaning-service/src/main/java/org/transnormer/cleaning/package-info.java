/** Cleaning: from a corpus to a snapshot, a tokenizer and tokens. */
@NullMarked
package org.transnormer.cleaning;

import org.jspecify.annotations.NullMarked;
