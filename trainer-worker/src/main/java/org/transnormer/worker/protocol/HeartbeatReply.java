package org.transnormer.worker.protocol;

/** The trainer's wish. */
public record HeartbeatReply(Directive directive) {}
