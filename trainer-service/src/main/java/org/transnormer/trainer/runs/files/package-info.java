/** Token sets in the object store. */
@NullMarked
package org.transnormer.trainer.runs.files;

import org.jspecify.annotations.NullMarked;
