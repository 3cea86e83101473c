-- Training runs. "desired" is what people want, "observed" what is; the reconciler closes the gap.
CREATE TABLE training_runs (
    id                text PRIMARY KEY,
    name              text        NOT NULL,
    purpose           text        NOT NULL CHECK (purpose IN ('model', 'evaluation')),
    spec              text        NOT NULL, -- canonical JSON; its digest names what is computed
    spec_digest       text        NOT NULL,
    desired           text        NOT NULL CHECK (desired IN ('running', 'suspended', 'cancelled')),
    observed          text        NOT NULL CHECK (observed IN
                          ('queued', 'starting', 'running', 'recovering', 'stopping',
                           'suspended', 'succeeded', 'failed', 'cancelled')),
    attempt           integer     NOT NULL DEFAULT 0,
    losses            integer     NOT NULL DEFAULT 0,
    reason            text        NOT NULL DEFAULT '',
    retry_at          timestamptz,
    stop_kind         text CHECK (stop_kind IN ('suspend', 'cancel')),
    waits_for         text        NOT NULL DEFAULT '',
    epoch             bigint      NOT NULL DEFAULT 0, -- results of an older epoch are refused
    version           bigint      NOT NULL DEFAULT 0,
    step              bigint      NOT NULL DEFAULT 0,
    final_checkpoint  text,
    best_checkpoint   text,
    cloned_from       text REFERENCES training_runs,
    launched_by       text        NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    started_at        timestamptz,
    ended_at          timestamptz,
    CHECK ((observed = 'recovering') = (retry_at IS NOT NULL)),
    CHECK ((observed = 'stopping') = (stop_kind IS NOT NULL)),
    CHECK ((observed IN ('succeeded', 'failed', 'cancelled')) = (ended_at IS NOT NULL))
);

CREATE INDEX training_runs_unfinished ON training_runs (id)
    WHERE observed NOT IN ('succeeded', 'failed', 'cancelled');

CREATE TABLE run_attempts (
    run_id        text        NOT NULL REFERENCES training_runs,
    attempt       integer     NOT NULL,
    epoch         bigint      NOT NULL,
    token_hash    bytea,
    resume_from   text, -- checkpoint
    start_step    bigint      NOT NULL DEFAULT 0,
    opened_at     timestamptz NOT NULL DEFAULT now(),
    stop_asked_at timestamptz,
    outcome       text CHECK (outcome IN
                      ('succeeded', 'failed', 'cancelled', 'suspended', 'lost')),
    reason        text        NOT NULL DEFAULT '',
    log_tail      text        NOT NULL DEFAULT '',
    ended_at      timestamptz,
    PRIMARY KEY (run_id, attempt)
);

CREATE TABLE run_ranks (
    run_id       text    NOT NULL,
    attempt      integer NOT NULL,
    rank         integer NOT NULL,
    state        text    NOT NULL DEFAULT '',
    step         bigint  NOT NULL DEFAULT 0,
    first_beat   timestamptz,
    last_beat    timestamptz,
    lease_until  timestamptz,
    PRIMARY KEY (run_id, attempt, rank),
    FOREIGN KEY (run_id, attempt) REFERENCES run_attempts
);
