import { counted, note, type Streams } from './output.ts';

/** Says how many months are not asked for because they are complete; nothing where there are none. */
export async function noteComplete({ error }: Streams, months: number): Promise<void> {
  if (months > 0) await note(error, `${counted(months, 'month is', 'months are')} complete and not asked for again`);
}
