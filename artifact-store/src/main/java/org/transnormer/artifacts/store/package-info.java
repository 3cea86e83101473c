/** One object store for all artefacts: a local folder or an S3-compatible bucket. */
@NullMarked
package org.transnormer.artifacts.store;

import org.jspecify.annotations.NullMarked;
