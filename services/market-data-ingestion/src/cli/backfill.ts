import { ServiceError } from '@quantumtrade/core-traits';
import { type DataEntitlement, intradayMilliseconds, requireOffered } from '@quantumtrade/shared-types';
import { type BackfillRequest, planBackfill, runBackfill } from '../collection/backfill.ts';
import { callsOfMonth } from '../collection/calls-of-month.ts';
import { parseInterval, parseRequest } from '../collection/collection-request.ts';
import { parseMonths } from '../collection/months.ts';
import { collectionSection } from '../configuration/collection-sections.ts';
import { storageSection } from '../configuration/storage-sections.ts';
import type { QuotaUsage } from '../quota/quota.ts';
import type { RatePlan } from '../quota/rate-plan.ts';
import { activeSource, capabilitiesOf } from '../vendors/registry.ts';
import { openAccount } from './account.ts';
import { noteSandbox, outcomeRow, outcomeTable, requestChoices, spooledIn } from './collect.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { noteComplete } from './note-complete.ts';
import { counted, isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { createProgress } from './progress.ts';
import { settleSpool } from './settle-spool.ts';

export interface MonthsOptions {
  readonly interval: string;
  readonly adjusted?: boolean;
  readonly from: string;
  readonly to?: string | undefined;
  readonly extendedHours?: 'true' | 'false';
  readonly entitlement?: DataEntitlement;
  readonly source?: string;
  readonly json?: boolean;
}

/** `plan <symbol…>`: what `collect --from --to` would ask for, before anything is spent. */
export async function plan(
  application: Application,
  streams: Streams,
  symbols: readonly string[],
  options: MonthsOptions,
): Promise<ExitStatus> {
  const request = requestOf(application, symbols, options);
  const account = openAccount(application);
  try {
    const { jobs, finished } = planBackfill(request, account.memory);
    const usage = await account.vendor?.quota.usage();
    const { pageSize } = capabilitiesOf(application.configuration, application.choice) ?? {};
    const interval = parseInterval(options.interval);
    const now = application.clock.now();
    const order = jobs.map(({ month, symbol }) => ({
      month,
      symbol,
      calls: callsOfMonth({ symbol, interval, month }, pageSize, now),
    }));
    const calls = order.reduce((sum, job) => sum + job.calls, 0);
    const cost = costOf(calls, account.vendor?.plan, usage);
    if (options.json === true) {
      const { adjusted } = request;
      await write(streams.out, `${JSON.stringify({ interval, adjusted, complete: finished, ...cost, order })}\n`);
      return exitStatus.succeeded;
    }
    if (order.length > 0) {
      let first = 1;
      const rows = order.map(({ month, symbol, calls: own }) => {
        const range = own === 1 ? String(first) : `${first}-${first + own - 1}`;
        first += own;
        return [range, month, symbol];
      });
      await write(streams.out, table(['call', 'month', 'symbol'], rows, ['call']));
    }
    await write(streams.out, costText(cost, finished));
    return exitStatus.succeeded;
  } finally {
    await account.close();
  }
}

/** `collect <symbol…> --from --to`: history month by month; months that are complete are not asked for again. */
export async function collectMonths(
  application: Application,
  streams: Streams,
  symbols: readonly string[],
  options: MonthsOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const { error: err, out } = streams;
  const request = requestOf(application, symbols, options);
  const account = openAccount(application);
  const service = application.service();
  try {
    const todo = planBackfill(request, account.memory);
    await noteComplete(streams, todo.finished);
    const { spool } = application.databaseManager;
    await application.databaseManager.connect();
    const before = await spool.stats();
    await service.start();
    await noteSandbox(service.source, streams);
    const progress = createProgress(todo.jobs.length, streams);
    const { concurrent_collections: concurrency } = application.configuration.getConfigSection(collectionSection);
    const { outcomes, stoppedBy } = await runBackfill(request, todo, {
      service,
      clock: application.clock,
      memory: account.memory,
      concurrency,
      signal,
      onOutcome: (outcome) => progress.finished(outcome),
    }).finally(() => progress.stop());
    await settleSpool({ spool, clock: application.clock, streams, before, added: spooledIn(outcomes), signal });
    const rows = outcomes.map((outcome) => ({ month: outcome.job.month, ...outcomeRow(outcome, service.source) }));
    if (options.json === true) await writeJsonArray(out, rows);
    else await write(out, outcomeTable(rows));
    const left = todo.jobs.length - rows.filter((row) => row.error === null).length;
    if (signal.aborted) {
      await note(err, `interrupted: ${left} of ${todo.jobs.length} months are left; run the same command to go on`);
      return exitStatus.interrupted;
    }
    if (stoppedBy !== undefined) await note(err, stopText(stoppedBy, left, application.clock.now()));
    return left === 0 ? exitStatus.succeeded : exitStatus.failed;
  } finally {
    await service.stop();
    await account.close();
  }
}

function requestOf(application: Application, symbols: readonly string[], options: MonthsOptions): BackfillRequest {
  const { configuration, clock, choice } = application;
  const { interval, adjusted = false, from, to } = options;
  const choices = requestChoices(options);
  const months = parseMonths(from, to, clock.now());
  const requests = symbols.map((symbol) => parseRequest(symbol, interval, { adjusted, ...choices }));
  const source = activeSource(configuration, choice);
  const capabilities = capabilitiesOf(configuration, choice);
  if (requests.some((request) => intradayMilliseconds(request.interval) === undefined)) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidOption',
      message: `--from and --to gather intraday bars; one call gives the whole history of ${interval} ones`,
    });
  }
  // What would be refused month by month is refused before anything is planned.
  if (capabilities !== undefined) {
    for (const request of requests) requireOffered(capabilities, source, { ...request, month: months[0] });
  }
  return {
    symbols: requests.map(({ symbol }) => symbol),
    interval,
    adjusted,
    choices,
    months,
    source,
    database: configuration.getConfigSection(storageSection).database,
    prioritySymbols: configuration.getConfigSection(collectionSection).priority_symbols,
  };
}

export interface Cost {
  readonly calls: number;
  /** Of today's calls, where there is a daily limit. */
  readonly callsLeftToday: number | null;
  /** Days on which calls are made, at the limits of now. */
  readonly days: number;
  /** The least time that the calls of one day take, by their distance. */
  readonly secondsOfCalls: number;
}

/** What so many calls take of a plan. */
export function costOf(calls: number, plan: RatePlan | undefined, usage: QuotaUsage | undefined): Cost {
  const daily = usage?.windows.find(({ reason }) => reason === 'dailyQuota');
  const spent = usage?.hold?.reason === 'dailyQuota';
  const left = daily === undefined ? undefined : spent ? 0 : daily.left;
  const today = Math.min(calls, left ?? (spent ? 0 : calls), pacedPerDay(plan));
  const later = calls - today;
  // Limits of a second and a minute are limits of a day too.
  const perDay = Math.min(daily?.limit ?? Number.POSITIVE_INFINITY, pacedPerDay(plan));
  return {
    calls,
    callsLeftToday: left ?? null,
    days: (today > 0 ? 1 : 0) + Math.ceil(later / perDay),
    secondsOfCalls: Math.round((Math.max(0, Math.min(calls, perDay) - 1) * (plan?.spacingMs ?? 0)) / 1000),
  };
}

/** The calls that the even distance of a plan leaves room for in 24 hours. */
function pacedPerDay(plan: RatePlan | undefined): number {
  const { spacingMs = 0 } = plan ?? {};
  return spacingMs > 0 ? Math.max(1, Math.floor(86_400_000 / spacingMs)) : Number.POSITIVE_INFINITY;
}

/** The same as one line. */
export function costText({ calls, callsLeftToday, days, secondsOfCalls }: Cost, finished: number): string {
  const complete = finished === 0 ? '' : `; ${counted(finished, 'month is', 'months are')} complete`;
  const today = callsLeftToday === null ? '' : `, ${counted(callsLeftToday, 'call is', 'calls are')} left today`;
  return `${counted(calls, 'call')} on ${counted(days, 'day')}, at least ${secondsOfCalls} s a day${today}${complete}\n`;
}

function stopText(error: ServiceError, left: number, now: number): string {
  const when = error.retryAfterMs === undefined ? '' : ` after ${isoInstant(Math.round(now + error.retryAfterMs))}`;
  return `stopped: ${counted(left, 'month is', 'months are')} left; run the same command${when} to go on`;
}
