/** SHA-256 as the one digest of the platform, always written as 64 lower-case hex digits. */
@NullMarked
package org.transnormer.artifacts.digest;

import org.jspecify.annotations.NullMarked;
