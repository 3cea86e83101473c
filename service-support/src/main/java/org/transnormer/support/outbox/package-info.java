/** Events that are published if and only if their transaction commits. */
@NullMarked
package org.transnormer.support.outbox;

import org.jspecify.annotations.NullMarked;
