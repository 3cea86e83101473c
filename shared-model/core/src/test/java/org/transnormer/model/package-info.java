@NullMarked
package org.transnormer.model;

import org.jspecify.annotations.NullMarked;
