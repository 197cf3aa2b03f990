ALTER TABLE changes DROP COLUMN touched;
