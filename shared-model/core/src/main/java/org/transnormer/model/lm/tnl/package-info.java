/** TransNormerLLM, first generation (arXiv 2307.14995): training, prefill and decoding. */
@NullMarked
package org.transnormer.model.lm.tnl;

import org.jspecify.annotations.NullMarked;
