/** An S3-compatible store for tests, and what can go wrong on the way to one. */
@NullMarked
package org.transnormer.artifacts.s3;

import org.jspecify.annotations.NullMarked;
