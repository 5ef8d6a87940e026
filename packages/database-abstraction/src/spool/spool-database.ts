import { DatabaseSync } from 'node:sqlite';

/**
 * Opens the spool's file for several processes: SQLite's own locks keep their transactions apart. A commit is on the
 * disk when it returns (`synchronous=FULL`), so it survives a loss of power as far as the disk keeps its word.
 */
export function openSpoolDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const schema = `
  PRAGMA busy_timeout = 5000;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA journal_size_limit = 67108864;
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id TEXT NOT NULL UNIQUE,
    accepted_at INTEGER NOT NULL,
    series TEXT NOT NULL,
    spooled_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    checksum BLOB NOT NULL,
    payload BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS entries_series ON entries (series);
  -- What could not be read again. Its entry goes too where the file still allows it, and is passed over where not.
  CREATE TABLE IF NOT EXISTS damaged (
    id INTEGER PRIMARY KEY,
    batch_id TEXT NOT NULL,
    series TEXT NOT NULL,
    spooled_at INTEGER NOT NULL,
    problem TEXT NOT NULL,
    checksum BLOB,
    payload BLOB
  );
  -- Sums that all processes see, without reading the entries.
  CREATE TABLE IF NOT EXISTS totals (one INTEGER PRIMARY KEY CHECK (one = 1), entries INTEGER, bytes INTEGER);
  INSERT OR IGNORE INTO totals VALUES (1, 0, 0);
  CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON entries BEGIN
    UPDATE totals SET entries = entries + 1, bytes = bytes + new.bytes;
  END;
  CREATE TRIGGER IF NOT EXISTS removed AFTER DELETE ON entries BEGIN
    UPDATE totals SET entries = entries - 1, bytes = bytes - old.bytes;
  END;
  COMMIT;
`;
