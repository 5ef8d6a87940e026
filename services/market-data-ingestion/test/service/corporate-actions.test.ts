import { FakeCollector, VirtualClock } from '@quantumtrade/core-testing';
import { ServiceError } from '@quantumtrade/core-traits';
import type { CorporateActionsResult, MarketDataCollector, RawCorporateAction } from '@quantumtrade/shared-types';
import { describe, expect, it } from 'vitest';
import { rejectionOf, serviceWithDoubles, startedService } from './service-with-doubles.ts';

const [first, second]: RawCorporateAction[] = [
  { exDate: '2024-02-08', value: '1.66', paymentDate: '2024-03-09' },
  { exDate: '2024-05-09', value: '1.67' },
] as const;

function vendor(answer: () => readonly (RawCorporateAction | undefined)[]): FakeCollector {
  return new FakeCollector({ actions: () => answer().filter((row) => row !== undefined) });
}

function accountedFor({ stored, unchanged, duplicates, quarantined }: CorporateActionsResult): number {
  return stored + unchanged + duplicates + quarantined;
}

describe('collecting corporate actions', () => {
  it('stores them with counts that add up, and what is unfit goes into quarantine', async () => {
    const rows = [second, first, first, { exDate: 'soon', value: '1' }];
    const { service, actions, monitoring } = await startedService({ collector: vendor(() => rows) });
    const result = await service.collectCorporateActions('ibm', 'dividend');
    expect(result).toMatchObject({ symbol: 'IBM', kind: 'dividend', source: 'fake', collectedCount: 4, warnings: [] });
    expect(result).toMatchObject({ stored: 2, unchanged: 0, duplicates: 1, quarantined: 1, withdrawn: 0 });
    expect(accountedFor(result)).toBe(result.collectedCount);
    const stored = await actions.getCorporateActions({ symbol: 'IBM', source: 'fake' });
    expect(stored.map(({ exDate, value }) => [exDate, value])).toEqual([
      ['2024-02-08', '1.66'],
      ['2024-05-09', '1.67'],
    ]);
    expect(await actions.getRejectedActions({ symbol: 'IBM' })).toMatchObject([
      { values: { exDate: 'soon', value: '1' }, brokenRules: ['malformed_date'] },
    ]);
    const counted = ['collected', 'stored', 'quarantined'].map((name) =>
      monitoring.counter(`corporate_actions_${name}_total`, { action: 'dividend' }),
    );
    expect(counted).toEqual([4, 2, 1]);
    expect(monitoring.misuse()).toEqual([]);
  });

  it('gives what was known at every instant, and withdraws what is named no longer', async () => {
    let rows: (RawCorporateAction | undefined)[] = [first, second];
    const { service, actions, clock } = await startedService({ collector: vendor(() => rows) });
    await service.collectCorporateActions('IBM', 'dividend');
    const then = clock.now();
    await clock.advance(60_000);
    rows = [first];
    // Its oldest is the one that is left: what is younger than that is gone.
    expect(await service.collectCorporateActions('IBM', 'dividend')).toMatchObject({ unchanged: 1, withdrawn: 1 });
    const query = { symbol: 'IBM', source: 'fake' };
    expect(await actions.getCorporateActions({ ...query, asOf: then })).toHaveLength(2);
    expect(await actions.getCorporateActions(query)).toHaveLength(1);
  });

  it('withdraws nothing while a row of the answer is unfit', async () => {
    let rows: (RawCorporateAction | undefined)[] = [first, second];
    const { service } = await startedService({ collector: vendor(() => rows) });
    await service.collectCorporateActions('IBM', 'dividend');
    rows = [first, { exDate: '2024-05-09', value: 'much' }];
    const result = await service.collectCorporateActions('IBM', 'dividend');
    expect(result).toMatchObject({ unchanged: 1, quarantined: 1, withdrawn: 0 });
  });

  it('says so where the vendor names none', async () => {
    const { service } = await startedService({ collector: vendor(() => []) });
    const result = await service.collectCorporateActions('IBM', 'split');
    expect(result).toMatchObject({ collectedCount: 0, stored: 0, warnings: [{ code: 'noActions' }] });
  });

  it('reports an answer that cannot be stored', async () => {
    const { service, actions, errorHandler } = await startedService({ collector: vendor(() => [first]) });
    actions.failWith();
    expect(await rejectionOf(service.collectCorporateActions('IBM', 'dividend'))).toMatchObject({ kind: 'database' });
    expect(errorHandler.handled.map(({ context }) => context.operation)).toEqual(['store']);
    actions.recover();
    expect(await service.collectCorporateActions('IBM', 'dividend')).toMatchObject({ stored: 1 });
  });

  it('leaves it to the error handler whether a refusal is tried again', async () => {
    let refusals = 1;
    const refusal = new ServiceError({ kind: 'externalApi', api: 'fake', reason: 'outage', message: 'down' });
    const collector = vendor(() => {
      if (refusals-- > 0) throw refusal;
      return [first];
    });
    const decide = () => ({ action: 'retry', delayMs: 0, maxAttempts: 3 }) as const;
    const { service } = await startedService({ collector, decide });
    expect(await service.collectCorporateActions('IBM', 'dividend')).toMatchObject({ stored: 1 });
  });

  it('refuses what makes no sense or is not offered before anything is asked', async () => {
    const clock = new VirtualClock();
    const { service } = await startedService({ collector: vendor(() => [first]) });
    expect(await rejectionOf(service.collectCorporateActions('I BM', 'split'))).toMatchObject({
      reason: 'invalidSymbol',
    });
    expect(await rejectionOf(service.collectCorporateActions('IBM', 'merger'))).toMatchObject({
      kind: 'configuration',
      reason: 'invalidActionKind',
    });
    const capabilities = { assets: { crypto: new FakeCollector({ clock }).capabilities.assets.crypto } } as never;
    const without = await startedService({ collector: new FakeCollector({ clock, capabilities }) });
    expect(await rejectionOf(without.service.collectCorporateActions('IBM', 'split'))).toMatchObject({
      reason: 'notOffered',
    });
    const bare: MarketDataCollector = {
      source: 'bare',
      fetchBars: () => Promise.reject(),
      health: () => ({}) as never,
    };
    const host = await startedService({ collector: bare as FakeCollector });
    expect(await rejectionOf(host.service.collectCorporateActions('IBM', 'split'))).toMatchObject({
      reason: 'notOffered',
    });
  });

  it('is for a service that runs, ends with the caller’s reason, and is waited for by stop', async () => {
    const stopped = serviceWithDoubles();
    expect(await rejectionOf(stopped.service.collectCorporateActions('IBM', 'split'))).toMatchObject({
      reason: 'notRunning',
    });
    const answer = Promise.withResolvers<readonly RawCorporateAction[]>();
    const { service } = await startedService({ collector: new FakeCollector({ actions: () => answer.promise }) });
    const caller = new AbortController();
    const given = service.collectCorporateActions('IBM', 'dividend', { signal: caller.signal });
    caller.abort(new Error('enough'));
    expect(await rejectionOf(given)).toBe(caller.signal.reason);
    const kept = service.collectCorporateActions('IBM', 'dividend');
    const stopping = service.stop();
    answer.resolve([first as RawCorporateAction]);
    await stopping;
    expect(await kept).toMatchObject({ stored: 1 });
  });
});
