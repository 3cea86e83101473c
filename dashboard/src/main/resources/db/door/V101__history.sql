-- What was done to one resource.
create index audit_resource on audit (resource, id);
