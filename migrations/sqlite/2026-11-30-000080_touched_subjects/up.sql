-- The slots of what an entry touches beside its own resource, two bytes each; NULL where that cannot be told.
ALTER TABLE changes ADD COLUMN touched BLOB;
