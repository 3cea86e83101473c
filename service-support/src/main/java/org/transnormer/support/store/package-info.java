/** The object store as a bean. */
@NullMarked
package org.transnormer.support.store;

import org.jspecify.annotations.NullMarked;
