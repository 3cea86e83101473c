package org.transnormer.trainer.launch;

import java.time.Instant;
import java.util.Optional;
import org.transnormer.trainer.runs.Desired;
import org.transnormer.trainer.runs.RunState;

/**
 * What the planner knows of a run from the database, whose clock all times are of.
 *
 * @param waitsFor the reason for waiting that the run shows now; empty for none
 * @param leaseUntil until when the last heartbeat of the newest attempt counts; empty before the
 *     first one
 * @param stopAskedAt when the workers were told to stop
 */
public record Intent(
    String runId,
    Desired desired,
    RunState state,
    String waitsFor,
    Optional<Instant> leaseUntil,
    Optional<Instant> stopAskedAt) {}
