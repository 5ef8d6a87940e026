import { ServiceError } from '@quantumtrade/core-traits';
import { intradayMilliseconds } from '@quantumtrade/shared-types';
import { type BackfillRequest, planBackfill, runBackfill } from '../collection/backfill.ts';
import { parseRequest } from '../collection/collection-request.ts';
import { parseMonths } from '../collection/months.ts';
import { collectionSection, storageSection } from '../configuration/sections.ts';
import type { QuotaUsage } from '../quota/quota.ts';
import type { RatePlan } from '../quota/rate-plan.ts';
import { activeSource } from '../vendors/registry.ts';
import { openAccount } from './account.ts';
import { noteSandbox, outcomeRow, outcomeTable, spooledIn } from './collect.ts';
import type { Application } from './composition.ts';
import { type ExitStatus, exitStatus } from './exit-status.ts';
import { isoInstant, note, type Streams, table, write, writeJsonArray } from './output.ts';
import { createProgress } from './progress.ts';
import { settleSpool } from './settle-spool.ts';

export interface MonthsOptions {
  readonly interval: string;
  readonly adjusted?: boolean;
  readonly from: string;
  readonly to?: string | undefined;
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
    const cost = costOf(jobs.length, account.vendor?.plan, usage);
    const order = jobs.map(({ month, symbol }) => ({ month, symbol }));
    if (options.json === true) {
      const { interval, adjusted } = request;
      await write(streams.out, `${JSON.stringify({ interval, adjusted, complete: finished, ...cost, order })}\n`);
      return exitStatus.succeeded;
    }
    if (order.length > 0) {
      await write(
        streams.out,
        table(
          ['call', 'month', 'symbol'],
          order.map(({ month, symbol }, index) => [String(index + 1), month, symbol]),
          ['call'],
        ),
      );
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
    if (todo.finished > 0) await note(err, `${todo.finished} months are complete and not asked for again`);
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
  const months = parseMonths(from, to, clock.now());
  const requests = symbols.map((symbol) => parseRequest(symbol, interval, { adjusted }));
  if (requests.some((request) => intradayMilliseconds(request.interval) === undefined)) {
    throw new ServiceError({
      kind: 'configuration',
      reason: 'invalidOption',
      message: `--from and --to gather intraday bars; one call gives the whole history of ${interval} ones`,
    });
  }
  return {
    symbols: requests.map(({ symbol }) => symbol),
    interval,
    adjusted,
    months,
    source: activeSource(configuration, choice),
    database: configuration.getConfigSection(storageSection).database,
    prioritySymbols: configuration.getConfigSection(collectionSection).priority_symbols,
  };
}

interface Cost {
  readonly calls: number;
  /** Of today's calls, where there is a daily limit. */
  readonly callsLeftToday: number | null;
  /** Days on which calls are made, at the limits of now. */
  readonly days: number;
  /** The least time that the calls of one day take, by their distance. */
  readonly secondsOfCalls: number;
}

function costOf(calls: number, plan: RatePlan | undefined, usage: QuotaUsage | undefined): Cost {
  const daily = usage?.windows.find(({ reason }) => reason === 'dailyQuota');
  const spent = usage?.hold?.reason === 'dailyQuota';
  const left = daily === undefined ? undefined : spent ? 0 : daily.left;
  const today = Math.min(calls, left ?? (spent ? 0 : calls));
  const later = calls - today;
  const perDay = daily?.limit ?? Math.max(1, later);
  return {
    calls,
    callsLeftToday: left ?? null,
    days: (today > 0 ? 1 : 0) + Math.ceil(later / perDay),
    secondsOfCalls: Math.round((Math.max(0, Math.min(calls, perDay) - 1) * (plan?.spacingMs ?? 0)) / 1000),
  };
}

function costText({ calls, callsLeftToday, days, secondsOfCalls }: Cost, finished: number): string {
  const complete = finished === 0 ? '' : `; ${finished} months are complete`;
  const today = callsLeftToday === null ? '' : `, ${callsLeftToday} calls are left today`;
  return `${calls} calls on ${days} ${days === 1 ? 'day' : 'days'}, at least ${secondsOfCalls} s a day${today}${complete}\n`;
}

function stopText(error: ServiceError, left: number, now: number): string {
  const when = error.retryAfterMs === undefined ? '' : ` after ${isoInstant(Math.round(now + error.retryAfterMs))}`;
  return `stopped: ${left} months are left; run the same command${when} to go on`;
}
