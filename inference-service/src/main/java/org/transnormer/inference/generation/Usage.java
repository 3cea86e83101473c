package org.transnormer.inference.generation;

/** Tokens read and tokens generated. */
public record Usage(int promptTokens, int completionTokens) {}
