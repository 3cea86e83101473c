-- Who refers to what is asked for by these when something is removed.
create index cleaning_shard_clean on cleaning_shard (clean_prefix);
create index evaluation_round_training on evaluation_round (training_run_id);
create index evaluation_round_tokenizer on evaluation_round (tokenizer_sha256);
create index token_set_tokenizer on token_set (tokenizer_id);
create index token_set_snapshot on token_set (snapshot_id);
create index token_set_prefix on token_set (prefix);
