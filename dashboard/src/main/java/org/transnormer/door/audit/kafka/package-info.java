/** The audit events of the other services. */
@NullMarked
package org.transnormer.door.audit.kafka;

import org.jspecify.annotations.NullMarked;
