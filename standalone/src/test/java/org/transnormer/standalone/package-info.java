@org.jspecify.annotations.NullMarked
package org.transnormer.standalone;
