import { BodyError } from '../shared/body-error.ts';
import { ColumnsBuilder, type SeriesColumns } from '../shared/columns.ts';
import { JsonReader } from '../shared/json-reader.ts';

/** What one page holds, before anyone judges it. */
export interface AlpacaPage {
  /** The bars of the symbol, in the order of the answer; `undefined` when there is no list of them. */
  readonly bars: SeriesColumns | undefined;
  /** Whether the answer has `bars` at all, be they `null` or of other symbols. */
  readonly hasBars: boolean;
  /** Other symbols that have bars. */
  readonly otherSymbols: readonly string[];
  readonly nextPageToken: string | undefined;
  /** The currency of the prices, where the answer names one. */
  readonly currency: string | undefined;
  /** What the vendor says in place of bars. */
  readonly message: string | undefined;
  /** The bytes that the columns point into. */
  readonly text: Uint8Array;
}

/** The numbers that {@link ColumnsBuilder} knows the fields by. The weighted price and the trade count are not kept. */
const fields: Readonly<Record<string, number>> = { o: 0, h: 1, l: 2, c: 3, v: 5 };
const noField = -1;

/** A bar takes about this many bytes; a wrong guess costs memory, nothing else. */
const bytesPerBar = 100;

/**
 * Reads a page of bars of one symbol, in the form of both endpoints: `bars` by symbol, or the bars of `symbol`. Numbers
 * stay text.
 *
 * @throws BodyError for anything that is no whole JSON document, or that says two things under one name.
 */
export function readPage(body: Uint8Array, symbol: string): AlpacaPage {
  const reader = new JsonReader(body);
  const read = new PageReader(reader, symbol, Math.ceil(body.length / bytesPerBar));
  if (reader.kind() === 'object') read.document();
  else reader.skip();
  reader.finish();
  return read.page();
}

class PageReader {
  readonly #reader: JsonReader;
  readonly #symbol: string;
  readonly #expectedRows: number;
  readonly #otherSymbols: string[] = [];
  readonly #texts = new Map<string, string>();
  #bars: SeriesColumns | undefined;
  /** Bars without a symbol, which a member beside them names. */
  #bare: SeriesColumns | undefined;
  #hasBars = false;

  constructor(reader: JsonReader, symbol: string, expectedRows: number) {
    this.#reader = reader;
    this.#symbol = symbol;
    this.#expectedRows = expectedRows;
  }

  document(): void {
    const reader = this.#reader;
    reader.enter();
    while (reader.member()) {
      const key = reader.string();
      if (key === 'bars') this.#readBars();
      else if (reader.kind() === 'object' || reader.kind() === 'array') reader.skip();
      else this.#readText(key);
    }
  }

  page(): AlpacaPage {
    const named = this.#texts.get('symbol');
    const isMine = named === undefined || named.toUpperCase() === this.#symbol;
    const others = isMine || named === undefined ? this.#otherSymbols : [...this.#otherSymbols, named];
    return {
      bars: this.#bars ?? (isMine ? this.#bare : undefined),
      hasBars: this.#hasBars,
      otherSymbols: others,
      nextPageToken: this.#texts.get('next_page_token') || undefined,
      currency: this.#texts.get('currency'),
      message: this.#texts.get('message') ?? this.#texts.get('error'),
      text: this.#reader.text(),
    };
  }

  #readText(key: string): void {
    this.#reader.scalar();
    if (this.#texts.has(key)) throw new BodyError(`the answer gives "${key.slice(0, 40)}" twice`, false);
    this.#texts.set(key, this.#reader.string());
  }

  #readBars(): void {
    const reader = this.#reader;
    if (this.#hasBars) throw new BodyError('the answer gives "bars" twice', false);
    this.#hasBars = true;
    const kind = reader.kind();
    if (kind === 'array') {
      this.#bare = this.#readList();
    } else if (kind === 'object') {
      reader.enter();
      while (reader.member()) this.#readSymbol(reader.string());
    } else {
      reader.scalar();
      if (reader.end > reader.start) throw new BodyError('"bars" is no list of bars', false);
    }
  }

  #readSymbol(name: string): void {
    const reader = this.#reader;
    if (name.toUpperCase() !== this.#symbol) {
      this.#otherSymbols.push(name);
      reader.skip();
    } else if (this.#bars !== undefined) {
      throw new BodyError('the answer gives the bars of the symbol twice', false);
    } else if (reader.kind() === 'array') {
      this.#bars = this.#readList();
    } else {
      reader.scalar();
      if (reader.end > reader.start) throw new BodyError('"bars" is no list of bars', false);
    }
  }

  #readList(): SeriesColumns {
    const rows = new ColumnsBuilder(this.#expectedRows);
    this.#reader.enterArray();
    while (this.#reader.element()) this.#readBar(rows);
    return rows.build([0, 1, 2, 3, 5]);
  }

  #readBar(rows: ColumnsBuilder): void {
    const reader = this.#reader;
    rows.addRow(0, 0);
    if (reader.kind() !== 'object') {
      reader.skip();
      return;
    }
    reader.enter();
    let labelled = false;
    while (reader.member()) {
      const key = reader.string();
      const kind = reader.kind();
      const field = Object.hasOwn(fields, key) ? (fields[key] as number) : noField;
      if (kind === 'object' || kind === 'array') {
        reader.skip();
        if (field !== noField) rows.setValue(field, 0, 0);
        continue;
      }
      reader.scalar();
      if (key === 't') {
        // Two times make none: which of them is meant cannot be known.
        rows.setLabel(labelled ? 0 : reader.start, labelled ? 0 : reader.end);
        labelled = true;
      } else if (field !== noField) {
        rows.setValue(field, reader.start, reader.end);
      }
    }
  }
}
