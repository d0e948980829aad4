-- The upload that the person chose as their picture, on their shard.
alter table "user" add column avatar_media_id uuid;
