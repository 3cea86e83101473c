/** Text to token ids and back, and training of byte-level BPE tokenizers. */
@NullMarked
package org.transnormer.model.tokenizer;

import org.jspecify.annotations.NullMarked;
