-- How messages still to come are answered, and those that wait. NULL for the model's own settings, and for the model that the chat was created with.
-- An older version of the program neither reads nor writes these columns.
ALTER TABLE chats ADD COLUMN next_model TEXT;
ALTER TABLE chats ADD COLUMN settings TEXT;
ALTER TABLE queued_messages ADD COLUMN model TEXT;
ALTER TABLE queued_messages ADD COLUMN settings TEXT;
