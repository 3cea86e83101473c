-- A run can be removed. Records of its checkpoints stay, and runs that were cloned from it: both go
-- on naming it.
ALTER TABLE checkpoints DROP CONSTRAINT checkpoints_run_id_fkey;
ALTER TABLE training_runs DROP CONSTRAINT training_runs_cloned_from_fkey;
