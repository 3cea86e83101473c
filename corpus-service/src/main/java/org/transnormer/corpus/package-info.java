/**
 * Sources of text become immutable document shards; catalogue, snapshots and lineage of documents.
 */
@NullMarked
package org.transnormer.corpus;

import org.jspecify.annotations.NullMarked;
