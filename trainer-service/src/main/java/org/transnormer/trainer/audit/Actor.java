package org.transnormer.trainer.audit;

/**
 * Who asked for something.
 *
 * @param subject what the audit keeps: the id of a key, or a service
 * @param name what people are shown
 */
public record Actor(String subject, String role, String name) {}
