import { join } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { systemClock } from '@quantumtrade/core-defaults';
import { createDatabaseManager, type DatabaseManager } from '@quantumtrade/database-abstraction';
import type { MarketDataIngestionService } from '@quantumtrade/market-data-ingestion';
import { AnswersInMemory } from '../measure/answers.ts';
import { type Engine, openEngine, type Sql, sqlOf } from '../measure/engine.ts';
import { type Child, startChild } from './processes/child.ts';
import { serviceFromBytes, serviceOverHttp } from './subject.ts';

/** A store and what runs on it. */
interface Server {
  readonly sql: Sql;
  readonly fromBytes: MarketDataIngestionService;
}

/** What the cases measure with. Everything but the engine is made when it is first asked for, and {@link Lab.close} ends all. */
export class Lab {
  readonly engine: Engine;
  /** What the services "from bytes" are answered with. */
  readonly answers: AnswersInMemory = new AnswersInMemory();
  readonly #closing: (() => Promise<void>)[] = [];
  readonly #overHttp: Map<number, Promise<MarketDataIngestionService>> = new Map();
  #fromBytes: Promise<MarketDataIngestionService> | undefined;
  #vendor: Promise<Child<number>> | undefined;
  #server: Promise<Server> | undefined;

  private constructor(engine: Engine) {
    this.engine = engine;
    this.#closing.push(() => engine.close());
  }

  static async open(): Promise<Lab> {
    return new Lab(await openEngine());
  }

  /** The service on the embedded engine, with the vendor's answers in memory. */
  async fromBytes(): Promise<MarketDataIngestionService> {
    this.#fromBytes ??= this.#stopping(serviceFromBytes(this.engine.manager, this.answers));
    return await this.#fromBytes;
  }

  /** The service on the embedded engine, with a vendor over HTTP that answers with so many bars. */
  async overHttp(bars: number): Promise<MarketDataIngestionService> {
    const known = this.#overHttp.get(bars);
    if (known !== undefined) return await known;
    const made = this.vendorUrl(bars).then((url) => this.#stopping(serviceOverHttp(this.engine.manager, url)));
    this.#overHttp.set(bars, made);
    return await made;
  }

  /** The address of a vendor that answers with so many bars. */
  async vendorUrl(bars: number): Promise<string> {
    this.#vendor ??= startChild<number>('vendor').then((child) => {
      this.#closing.push(child.close);
      return child;
    });
    return `http://127.0.0.1:${(await this.#vendor).ready}/${bars}`;
  }

  /** The service on a ClickHouse over HTTP, in a process of its own, with the vendor's answers in memory. */
  async server(): Promise<Server> {
    this.#server ??= this.#openServer();
    return await this.#server;
  }

  async #openServer(): Promise<Server> {
    const child = await startChild<string>('server');
    const url = child.ready;
    const client: ClickHouseClient = createClient({
      url,
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    const manager: DatabaseManager = createDatabaseManager({
      clock: systemClock,
      clickhouse: { url, dataDirectory: join(this.engine.scratch, 'beside-the-server') },
    });
    this.#closing.push(async () => {
      await manager.close();
      await client.close();
      await child.close();
    });
    return { sql: sqlOf(client), fromBytes: await this.#stopping(serviceFromBytes(manager, this.answers)) };
  }

  /** Ends everything, the newest first. */
  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
  }

  async #stopping(starting: Promise<MarketDataIngestionService>): Promise<MarketDataIngestionService> {
    const service = await starting;
    this.#closing.push(() => service.stop());
    return service;
  }
}
