/** The bell over Kafka. */
@NullMarked
package org.transnormer.support.batch.kafka;

import org.jspecify.annotations.NullMarked;
