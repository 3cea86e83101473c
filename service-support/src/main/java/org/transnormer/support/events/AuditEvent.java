package org.transnormer.support.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody did something that matters.
 *
 * @param actor subject of the caller
 * @param action verb, like {@code cleaning-run.start}
 * @param resource path of what it was done to
 */
public record AuditEvent(
    String actor,
    String role,
    String action,
    String resource,
    Instant at,
    String service,
    @Nullable String detail) {}
