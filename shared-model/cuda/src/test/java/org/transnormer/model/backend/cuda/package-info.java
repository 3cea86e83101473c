@NullMarked
package org.transnormer.model.backend.cuda;

import org.jspecify.annotations.NullMarked;
