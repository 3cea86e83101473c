-- A point is keyed by attempt too: what a lost attempt measured after the checkpoint that the next
-- one went on from stays visible as a discarded branch and never mixes with what counts.
CREATE TABLE metric_points (
    run_id  text             NOT NULL REFERENCES training_runs,
    key     text             NOT NULL,
    step    bigint           NOT NULL,
    attempt integer          NOT NULL,
    value   double precision NOT NULL,
    seq     bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (run_id, key, step, attempt)
);

CREATE INDEX metric_points_in_order ON metric_points (run_id, seq);

CREATE TABLE metric_summaries (
    run_id       text             NOT NULL REFERENCES training_runs,
    key          text             NOT NULL,
    first_step   bigint           NOT NULL,
    first_value  double precision NOT NULL,
    last_step    bigint           NOT NULL,
    last_attempt integer          NOT NULL,
    last_value   double precision NOT NULL,
    PRIMARY KEY (run_id, key)
);

-- What the ranks wrote, oldest lines dropped; "sequence" counts within attempt and rank.
CREATE TABLE run_log (
    run_id   text        NOT NULL REFERENCES training_runs,
    attempt  integer     NOT NULL,
    rank     integer     NOT NULL,
    sequence bigint      NOT NULL,
    at       timestamptz NOT NULL,
    level    text        NOT NULL,
    line     text        NOT NULL,
    seq      bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (run_id, attempt, rank, sequence)
);

CREATE INDEX run_log_in_order ON run_log (run_id, seq);
