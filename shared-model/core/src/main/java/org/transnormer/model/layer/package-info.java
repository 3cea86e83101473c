/** Layers with their forward and their explicit backward facing each other. */
@NullMarked
package org.transnormer.model.layer;

import org.jspecify.annotations.NullMarked;
