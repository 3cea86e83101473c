/**
 * Layers with their forward and their explicit backward facing each other. A layer holds no
 * numbers: weights, gradients and activations are tensors that it is given.
 */
@NullMarked
package org.transnormer.model.layer;

import org.jspecify.annotations.NullMarked;
