/**
 * What a training worker and its trainer say to each other. The worker asks, the trainer answers;
 * all under {@code {trainer}/internal/v1/runs/{runId}/attempts/{attempt}}, JSON both ways, with
 * {@code Authorization: Bearer <run token>}.
 *
 * <table>
 * <caption>Calls</caption>
 * <tr><th>call</th><th>body</th><th>answer</th></tr>
 * <tr><td>{@code GET .../assignment}</td><td></td><td>{@link
 * org.transnormer.worker.protocol.Assignment}</td></tr>
 * <tr><td>{@code POST .../heartbeat}</td><td>{@link
 * org.transnormer.worker.protocol.Heartbeat}</td><td>{@link
 * org.transnormer.worker.protocol.HeartbeatReply}; the lease is renewed</td></tr>
 * <tr><td>{@code POST .../metrics}</td><td>{@link
 * org.transnormer.worker.protocol.MetricsReport}</td><td>204; a point that is there already is
 * replaced</td></tr>
 * <tr><td>{@code POST .../checkpoints}</td><td>{@link
 * org.transnormer.worker.protocol.CheckpointReport}</td><td>{@link
 * org.transnormer.worker.protocol.CheckpointReply}; the same prefix again gives the same
 * answer</td></tr>
 * <tr><td>{@code POST .../log}</td><td>{@link org.transnormer.worker.protocol.LogReport}</td><td>204;
 * a line whose sequence number is there already is ignored</td></tr>
 * <tr><td>{@code POST .../end}</td><td>{@link org.transnormer.worker.protocol.EndReport}</td><td>204;
 * again with the same epoch: 204</td></tr>
 * </table>
 *
 * <p>Every POST carries the epoch of the assignment. A trainer that has given the run to a later
 * epoch, or ended it, answers 409, and the worker leaves with {@link
 * org.transnormer.worker.protocol.ExitCode#STALE_EPOCH} without another word. 401 and 403 end it
 * too; 400 and 422 are faults of the worker, which fails. Anything else (5xx, no connection, no
 * answer in time) is repeated with growing pauses while training goes on; metrics and log lines are
 * kept meanwhile, in bounded memory. A worker that could not renew its lease reports no checkpoint
 * until a heartbeat was answered again.
 *
 * <p>Only rank 0 reports metrics, checkpoints and the end; every rank sends heartbeats and log
 * lines. Unknown fields are ignored by the worker, so that the trainer can say more later.
 */
@NullMarked
package org.transnormer.worker.protocol;

import org.jspecify.annotations.NullMarked;
