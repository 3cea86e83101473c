/** From an answer back to its documents, from a document forth to its checkpoints. */
@NullMarked
package org.transnormer.door.lineage;

import org.jspecify.annotations.NullMarked;
