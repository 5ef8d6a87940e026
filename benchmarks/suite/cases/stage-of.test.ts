import { describe, expect, it } from 'vitest';
import { stageOf } from './stage-of.ts';

const service = 'file:///x/services/market-data-ingestion/src';
const storage = 'file:///x/packages/database-abstraction/src';

describe('stageOf', () => {
  it.each([
    ['fetchAnswer', `${service}/collectors/shared/http.ts`, 'fetch'],
    ['member', `${service}/collectors/shared/json-reader.ts`, 'parse'],
    ['parseDecimalInto', `${service}/processors/decimal-parser.ts`, 'convert'],
    ['judgeSafePrices', `${service}/processors/score.ts`, 'score and deduplicate'],
    ['encodeDecimal128', `${storage}/engine/decimal128.ts`, 'encode'],
    ['encodeDecimal128Into', `${storage}/engine/decimal128.ts`, 'encode'],
    ['findChanges', `${storage}/clickhouse/find-changes.ts`, 'compare'],
    ['equalsWhole', `${storage}/clickhouse/stored-reader.ts`, 'compare'],
    ['decodeNativeBlocks', `${storage}/engine/native-format.ts`, 'compare'],
    ['insertNative', `${storage}/engine/embedded-engine.ts`, 'calls of the engine'],
    ['(idle)', '', 'waiting'],
    ['(garbage collector)', '', 'garbage collection'],
  ])('puts %s of %s under %s', (functionName, url, stage) => {
    expect(stageOf({ functionName, url })).toBe(stage);
  });

  it('leaves what belongs to no stage to its caller', () => {
    expect(stageOf({ functionName: 'concat', url: 'node:buffer' })).toBeUndefined();
  });
});
