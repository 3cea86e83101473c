/** Launching twice with one key launches once. */
@NullMarked
package org.transnormer.support.idempotency;

import org.jspecify.annotations.NullMarked;
