/** The page as people see it, in a real browser on the real platform. */
@NullMarked
package org.transnormer.integration.browser;

import org.jspecify.annotations.NullMarked;
