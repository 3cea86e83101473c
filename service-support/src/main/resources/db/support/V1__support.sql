-- Tables that every service has in its own schema.

-- Events that wait for the broker's acknowledgement. A row is written in the transaction whose
-- outcome it announces and deleted when Kafka has it.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id     uuid        NOT NULL UNIQUE,
  topic        text        NOT NULL,
  event_type   text        NOT NULL,
  message_key  text        NOT NULL,
  payload      text        NOT NULL,
  request_id   text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  attempts     int         NOT NULL DEFAULT 0,
  last_error   text
);

-- What a consumer has done already. Written in the transaction of the effect.
CREATE TABLE processed_message (
  consumer     text        NOT NULL,
  event_id     uuid        NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX processed_message_age ON processed_message (processed_at);

-- Messages that this service could not consume; the same lie on <topic>.dlt.
CREATE TABLE dead_letter (
  id              uuid        PRIMARY KEY,
  topic           text        NOT NULL,
  kafka_partition int         NOT NULL,
  kafka_offset    bigint      NOT NULL,
  consumer        text        NOT NULL,
  event_id        text,
  event_type      text,
  message_key     text,
  payload         text,
  reason          text        NOT NULL,
  failed_at       timestamptz NOT NULL DEFAULT now(),
  replayed_at     timestamptz,
  replayed_by     text,
  UNIQUE (topic, kafka_partition, kafka_offset, consumer)
);

-- Who may work on something. The epoch grows with each new owner; times are this database's.
CREATE TABLE lease (
  name       text        PRIMARY KEY,
  owner      text        NOT NULL,
  epoch      bigint      NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Answers to launches, by the caller's Idempotency-Key.
CREATE TABLE idempotent_request (
  caller       text        NOT NULL,
  key          text        NOT NULL,
  fingerprint  text        NOT NULL,
  attempt      uuid        NOT NULL,
  started_at   timestamptz NOT NULL,
  status       int,
  headers      text,
  body         bytea,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotent_request_age ON idempotent_request (started_at);
