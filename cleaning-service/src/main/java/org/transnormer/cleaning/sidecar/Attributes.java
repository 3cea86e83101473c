package org.transnormer.cleaning.sidecar;

import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.language.DetectedLanguage;

/**
 * One row of the attribute sidecar.
 *
 * @param length code points of the normalised text
 * @param hash first 16 bytes of the normalised text's SHA-256
 * @param values one per rule that is measured, in the catalogue's order
 * @param failure why the document could not be measured; then the values are NaN
 */
public record Attributes(
    byte[] document,
    String source,
    int length,
    byte[] hash,
    DetectedLanguage language,
    double[] values,
    @Nullable String failure) {}
