/** The CPU: OpenBLAS for large products, the Vector API for everything else. */
@NullMarked
package org.transnormer.model.backend.cpu;

import org.jspecify.annotations.NullMarked;
