/** What trainer-service tells of its runs. */
@NullMarked
package org.transnormer.cleaning.rounds.kafka;

import org.jspecify.annotations.NullMarked;
