package org.transnormer.inference.generation;

/** What an engine is doing, in sequences and tokens since it started. */
public record EngineStatus(
    int slots,
    int running,
    int waiting,
    int waitingPromptTokens,
    long promptTokens,
    long generatedTokens,
    long steps,
    long refused) {}
