/** What this service tells the others of its work. */
@NullMarked
package org.transnormer.cleaning.work.kafka;

import org.jspecify.annotations.NullMarked;
