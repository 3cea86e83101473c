/** Rounds over REST, and trainer-service as they see it. */
@NullMarked
package org.transnormer.cleaning.rounds.web;

import org.jspecify.annotations.NullMarked;
