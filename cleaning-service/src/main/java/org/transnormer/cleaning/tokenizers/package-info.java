/** Tokenizers: trained on the train split of a snapshot, or registered from outside. */
@NullMarked
package org.transnormer.cleaning.tokenizers;

import org.jspecify.annotations.NullMarked;
