/** Removal of cleaning runs, tokenizers and token sets. */
@NullMarked
package org.transnormer.cleaning.removal;

import org.jspecify.annotations.NullMarked;
