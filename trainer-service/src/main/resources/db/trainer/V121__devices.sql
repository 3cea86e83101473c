-- What each rank computes on, in its own words.
ALTER TABLE run_ranks ADD COLUMN device text;
