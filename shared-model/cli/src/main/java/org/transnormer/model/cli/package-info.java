/** The model library as a command on local files, {@code ./tnl model}. */
@NullMarked
package org.transnormer.model.cli;

import org.jspecify.annotations.NullMarked;
