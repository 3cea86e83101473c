/** Token sets on disk, seeded sampling of batches from them, and their simple statistics. */
@NullMarked
package org.transnormer.model.data;

import org.jspecify.annotations.NullMarked;
