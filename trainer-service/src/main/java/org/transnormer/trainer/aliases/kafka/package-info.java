/** What is told to the rest of the platform, by way of the outbox. */
@NullMarked
package org.transnormer.trainer.aliases.kafka;

import org.jspecify.annotations.NullMarked;
