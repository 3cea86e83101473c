/** What every service needs and nothing else. */
@NullMarked
package org.transnormer.support;

import org.jspecify.annotations.NullMarked;
