/** Consuming once, and what happens to messages nobody can consume. */
@NullMarked
package org.transnormer.support.kafka;

import org.jspecify.annotations.NullMarked;
