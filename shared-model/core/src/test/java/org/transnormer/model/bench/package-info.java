/** Measurements; run by hand with {@code -Dgroups=benchmark -DexcludedGroups=}. */
@NullMarked
package org.transnormer.model.bench;

import org.jspecify.annotations.NullMarked;
