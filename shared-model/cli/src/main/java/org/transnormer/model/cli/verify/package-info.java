/**
 * Comparison with reference files: folders and files in the format of the golden vectors, whatever
 * their sizes, seeds and configurations.
 */
@NullMarked
package org.transnormer.model.cli.verify;

import org.jspecify.annotations.NullMarked;
