import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { type Streams, write } from './output.ts';

/** `migrate`: brings the schema up to date. */
export async function migrate({ databaseManager }: Application, streams: Streams): Promise<ExitStatus> {
  const report = await databaseManager.runMigrations();
  const lines = report.map(
    ({ id, name, appliedNow }) => `${id} ${name}: ${appliedNow ? 'applied' : 'already there'}\n`,
  );
  await write(streams.out, lines.join(''));
  return exitStatus.succeeded;
}
