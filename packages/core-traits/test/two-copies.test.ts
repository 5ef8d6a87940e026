import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as ours from '../src/index.ts';

type Copy = typeof ours;

const sources = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const directory = await mkdtemp(join(tmpdir(), 'second-copy-'));
await cp(sources, join(directory, 'src'), { recursive: true });
await writeFile(join(directory, 'package.json'), '{"type":"module"}');
const theirs: Copy = await import(/* @vite-ignore */ pathToFileURL(join(directory, 'src', 'index.ts')).href);

afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** A failure of a vendor below one of the store below one of the process, made by the given copies in turn. */
function nested(outer: Copy, inner: Copy): ours.ServiceError {
  return new outer.ServiceError({
    kind: 'system',
    reason: 'wrapped',
    message: 'outer',
    cause: new inner.ServiceError({
      kind: 'database',
      reason: 'unreachable',
      message: 'middle',
      cause: new outer.ServiceError({
        kind: 'rateLimit',
        message: 'inner',
        service: 'vendor',
        retryAfterMs: 1200,
        cause: new TypeError('innermost'),
      }),
    }),
  });
}

describe('two copies of the contracts in one process', () => {
  it('are two: neither is an instance of the other', () => {
    expect(theirs.ServiceError).not.toBe(ours.ServiceError);
    const error = new theirs.ServiceError({ kind: 'system', message: 'theirs' });
    expect(error instanceof ours.ServiceError).toBe(false);
    expect(error instanceof theirs.ServiceError).toBe(true);
  });

  it.each<[string, Copy, Copy]>([
    ['ours', theirs, ours],
    ['theirs', ours, theirs],
  ])('recognise each other’s errors: %s judges', (_, maker, judge) => {
    const error = new maker.ServiceError({ kind: 'database', message: 'no answer' });
    expect(judge.isServiceError(error)).toBe(true);
    expect(judge.toServiceError(error)).toBe(error);
    expect(judge.isServiceError(new Error('plain'))).toBe(false);
  });

  it.each<[string, Copy, Copy]>([
    ['theirs inside ours', ours, theirs],
    ['ours inside theirs', theirs, ours],
  ])('write and read each other’s causes: %s', (_, outer, inner) => {
    const json = JSON.parse(JSON.stringify(nested(outer, inner)));
    expect(json).toMatchObject({
      schemaVersion: 1,
      kind: 'system',
      cause: { kind: 'database', cause: { kind: 'rateLimit', retryAfterMs: 1200, cause: 'innermost' } },
    });
    for (const reader of [ours, theirs]) {
      const back = reader.ServiceError.fromJSON(json);
      expect(back).toBeInstanceOf(reader.ServiceError);
      expect(back.toJSON()).toEqual(json);
      const middle = back.cause as ours.ServiceError;
      expect([outer.isServiceError(middle), inner.isServiceError(middle.cause)]).toEqual([true, true]);
      expect((middle.cause as ours.ServiceError).retryAfterMs).toBe(1200);
    }
  });

  it('have the same tokens', () => {
    expect(theirs.tokens).toEqual(ours.tokens);
    expect(theirs.createToken('Clock')).toBe(ours.tokens.Clock);
  });
});

describe('ServiceError.fromJSON', () => {
  const sound = new ours.ServiceError({ kind: 'database', reason: 'unreachable', message: 'no answer' }).toJSON();

  it('takes the fields that it knows of a later schema version', () => {
    const later = {
      ...sound,
      schemaVersion: 2,
      severity: 'high',
      cause: { ...sound, schemaVersion: 3, kind: 'quantum', retryable: true, details: { qubits: 4 } },
    };
    const error = ours.ServiceError.fromJSON(later);
    expect(error.toJSON()).toEqual({
      ...sound,
      cause: { ...sound, kind: 'system', retryable: true, details: { qubits: 4 } },
    });
  });

  it.each<[unknown]>([[undefined], [null], [7], ['text'], [[]], [{}], [{ message: 7 }], [[sound]]])(
    'takes %j for an unexpected failure',
    (json) => {
      const error = ours.ServiceError.fromJSON(json);
      expect(error).toMatchObject({ kind: 'system', reason: 'unexpected', retryable: false, details: {} });
      expect(error.message).not.toBe('');
    },
  );

  it('falls back where a field is of another type', () => {
    const odd = { message: 'm', kind: 'rateLimit', reason: 4, retryable: 'yes', details: 'none', cause: 17 };
    expect(ours.ServiceError.fromJSON(odd).toJSON()).toEqual({
      schemaVersion: 1,
      kind: 'rateLimit',
      reason: null,
      message: 'm',
      retryable: true,
      retryAfterMs: null,
      details: {},
      cause: null,
    });
  });

  it.each(['constructor', '__proto__', 'toString'])('knows no kind %s', (kind) => {
    expect(ours.ServiceError.fromJSON({ ...sound, kind, retryable: undefined })).toMatchObject({
      kind: 'system',
      retryable: false,
    });
  });

  it('lets no detail pass for a field of its own or reach a prototype', () => {
    const details = JSON.parse(
      '{"kind": "system", "message": "forged", "retryable": false, "cause": "forged", "__proto__": {"polluted": 1}}',
    );
    const error = ours.ServiceError.fromJSON({ ...sound, details });
    expect(error).toMatchObject({ kind: 'database', message: 'no answer', retryable: true });
    expect(error.cause).toBeUndefined();
    expect(Object.getPrototypeOf(error.details)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('cuts a chain of causes that is too deep, in both directions', () => {
    const circular = new ours.ServiceError({ kind: 'system', message: 'round' });
    Object.defineProperty(circular, 'cause', { value: circular });
    const written = JSON.stringify(circular);
    expect(written.split('"message":"round"').length - 1).toBe(33);
    expect(written).toContain('"cause":"round"');

    let deep: unknown = null;
    for (let level = 0; level < 50_000; level++) deep = { ...sound, cause: deep };
    let error: unknown = ours.ServiceError.fromJSON(deep);
    let levels = 0;
    for (; ours.isServiceError(error); error = error.cause) levels += 1;
    expect(levels).toBe(33);
  });
});

describe('a proxy that refuses to be read', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  it('is no ServiceError, and can be wrapped and written as a cause', () => {
    expect(ours.isServiceError(proxy)).toBe(false);
    expect(ours.toServiceError(proxy).toJSON().cause).toBe('an unprintable value');
  });
});
