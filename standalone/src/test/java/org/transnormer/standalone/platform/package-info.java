@NullMarked
package org.transnormer.standalone.platform;

import org.jspecify.annotations.NullMarked;
