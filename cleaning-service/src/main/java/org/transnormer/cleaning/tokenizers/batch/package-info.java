/** The training of a tokenizer as a job. */
@NullMarked
package org.transnormer.cleaning.tokenizers.batch;

import org.jspecify.annotations.NullMarked;
