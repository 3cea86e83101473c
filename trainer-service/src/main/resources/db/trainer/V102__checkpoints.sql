-- A row is written after the manifest, so what stands here was whole. Rows are never removed:
-- lineage asks for checkpoints whose files are long gone.
CREATE TABLE checkpoints (
    id              text PRIMARY KEY,
    run_id          text REFERENCES training_runs, -- null for one from outside
    attempt         integer,
    step            bigint      NOT NULL,
    prefix          text        NOT NULL UNIQUE,
    manifest_digest text        NOT NULL,
    bytes           bigint      NOT NULL,
    token_set_id    text,
    snapshot_id     text,
    loss            double precision,
    heldout_loss    double precision,
    source          text, -- where one from outside came from
    state           text        NOT NULL DEFAULT 'committed'
                        CHECK (state IN ('committed', 'corrupt', 'deleting', 'deleted')),
    reason          text        NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz,
    UNIQUE (run_id, attempt, step),
    CHECK ((run_id IS NULL) = (source IS NOT NULL))
);

CREATE INDEX checkpoints_of_run ON checkpoints (run_id, id);

CREATE TABLE aliases (
    name          text PRIMARY KEY,
    checkpoint_id text        NOT NULL REFERENCES checkpoints,
    version       bigint      NOT NULL,
    moved_by      text        NOT NULL,
    moved_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE alias_moves (
    name          text        NOT NULL,
    version       bigint      NOT NULL,
    checkpoint_id text        NOT NULL REFERENCES checkpoints,
    moved_by      text        NOT NULL,
    moved_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, version)
);
