/** Tensors that only say where numbers lie: shape, storage, named views. No mathematics. */
@NullMarked
package org.transnormer.model.tensor;

import org.jspecify.annotations.NullMarked;
