/** Whether a path of a data directory belongs to the lock, or to files of a moment: none of it is data. */
export function isOwnedByLock(path: string): boolean {
  return /^(lock\.db(-journal|-wal|-shm)?|holder\.json|staging)$/.test(path);
}
