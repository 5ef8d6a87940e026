import { type Clock, isServiceError, type Json, toServiceError } from '@quantumtrade/core-traits';
import { corporateActionKinds } from '@quantumtrade/shared-types';
import pLimit from 'p-limit';
import type { MarketDataIngestionService } from '../../service.ts';

/** Where dividends and splits are collected from. */
export type ActionsService = Pick<MarketDataIngestionService, 'collectCorporateActions'>;

interface ActionListsOptions {
  readonly service: ActionsService;
  readonly clock: Pick<Clock, 'now'>;
  readonly symbols: readonly string[];
  /** Collected first; of the others another one is the first each week, so that a small quota reaches all in time. */
  readonly prioritySymbols: readonly string[];
  /** How many lists are collected at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** What came of the lists; those that the vendor does not offer are no part of it. */
export interface ActionLists {
  readonly parts: number;
  readonly stored: number;
  readonly failures: readonly { readonly [name: string]: Json }[];
  /** `kind/reason` of each failure. */
  readonly reasons: readonly string[];
}

const weekMs = 604_800_000;

/** Collects the dividends and the splits of some symbols: one call each, and none where the vendor has no such list. */
export async function collectActionLists(options: ActionListsOptions): Promise<ActionLists> {
  const { service, clock, prioritySymbols, concurrency, signal } = options;
  const goesFirst = (symbol: string): boolean => prioritySymbols.includes(symbol);
  const [first = [], others = []] = [true, false].map((wanted) =>
    [...new Set(options.symbols)].filter((symbol) => goesFirst(symbol) === wanted),
  );
  const turn = Math.floor(clock.now() / weekMs) % Math.max(1, others.length);
  const symbols = [...first, ...others.slice(turn), ...others.slice(0, turn)];
  const failures: { readonly [name: string]: Json }[] = [];
  const reasons: string[] = [];
  let [parts, stored] = [0, 0];
  const collect = async (symbol: string, action: (typeof corporateActionKinds)[number]): Promise<void> => {
    if (signal.aborted) return;
    try {
      const priority = goesFirst(symbol) ? 'priority' : 'default';
      stored += (await service.collectCorporateActions(symbol, action, { priority, signal })).stored;
      parts += 1;
    } catch (thrown) {
      if (signal.aborted && !isServiceError(thrown)) return;
      const { kind, reason = null } = toServiceError(thrown);
      if (reason === 'notOffered') return;
      parts += 1;
      failures.push({ symbol, action, kind, reason });
      reasons.push(reason === null ? kind : `${kind}/${reason}`);
    }
  };
  const limit = pLimit(concurrency);
  const lists = symbols.flatMap((symbol) => corporateActionKinds.map((action) => [symbol, action] as const));
  await Promise.all(lists.map(([symbol, action]) => limit(collect, symbol, action)));
  return { parts, stored, failures, reasons };
}
