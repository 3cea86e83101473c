/** API keys: made, hashed, shown once. */
@NullMarked
package org.transnormer.door.keys;

import org.jspecify.annotations.NullMarked;
