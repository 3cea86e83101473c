/** Token sets: a snapshot's documents as tokens, one part per shard and split. */
@NullMarked
package org.transnormer.cleaning.tokensets;

import org.jspecify.annotations.NullMarked;
