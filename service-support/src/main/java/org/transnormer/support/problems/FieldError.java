package org.transnormer.support.problems;

/**
 * What is wrong with one part of a request.
 *
 * @param pointer JSON pointer into the body, like {@code /model/heads}, or the name of a parameter
 */
public record FieldError(String pointer, String detail) {}
