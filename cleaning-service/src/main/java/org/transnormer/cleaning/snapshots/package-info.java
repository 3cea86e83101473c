/** Snapshots, which corpus-service owns, as this service refers to them. */
@NullMarked
package org.transnormer.cleaning.snapshots;

import org.jspecify.annotations.NullMarked;
