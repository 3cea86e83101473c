@NullMarked
package org.transnormer.model.cli;

import org.jspecify.annotations.NullMarked;
