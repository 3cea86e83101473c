@NullMarked
package org.transnormer.model.lm.tnl;

import org.jspecify.annotations.NullMarked;
