/** What a device must be able to do: op families in forward and backward pairs, outputs first. */
@NullMarked
package org.transnormer.model.backend;

import org.jspecify.annotations.NullMarked;
