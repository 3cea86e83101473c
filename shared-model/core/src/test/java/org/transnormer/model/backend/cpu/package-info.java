@NullMarked
package org.transnormer.model.backend.cpu;

import org.jspecify.annotations.NullMarked;
