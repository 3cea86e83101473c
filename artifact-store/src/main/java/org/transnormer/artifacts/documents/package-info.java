/** Document shards and snapshots: the formats in which text travels between services. */
@NullMarked
package org.transnormer.artifacts.documents;

import org.jspecify.annotations.NullMarked;
