import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouseFront, startClickHouseFront } from './clickhouse-front.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const directory = await mkdtemp(join(tmpdir(), "front o'clock-"));
let front: ClickHouseFront;
let proxy: FaultProxy;

beforeAll(async () => {
  front = await startClickHouseFront({ directory, username: 'market', password: 'p:w' });
  proxy = await startFaultProxy(front.url);
});
afterAll(async () => {
  await proxy.close();
  await front.close();
  await rm(directory, { recursive: true });
});

const credentials = { Authorization: `Basic ${Buffer.from('market:p:w').toString('base64')}` };

async function ask(
  parameters: Record<string, string>,
  body = '',
  url = front.url,
): Promise<{ status: number; text: string; code: string | null }> {
  const query = new URLSearchParams(parameters);
  const answer = await fetch(`${url}/?${query}`, { method: 'POST', headers: credentials, body });
  return { status: answer.status, text: await answer.text(), code: answer.headers.get('X-ClickHouse-Exception-Code') };
}

describe('the front', () => {
  it('answers a ping without credentials', async () => {
    expect(await (await fetch(`${front.url}/ping`)).text()).toBe('Ok.\n');
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['in the body', {}, 'SELECT 1 + 1', '2\n'],
    ['in the URL', { query: 'SELECT 1 + 1' }, '', '2\n'],
    ['begun in the URL and ended in the body', { query: 'SELECT 1 + 1,' }, '3', '2\t3\n'],
    ['with a FORMAT', {}, 'SELECT 1 AS one FORMAT JSONEachRow', '{"one":1}\n'],
    ['with a format of its own', { default_format: 'CSV' }, "SELECT 'a', 1", '"a",1\n'],
    [
      'with values',
      { param_text: "it's\\ta\\\\b", param_n: '7' },
      'SELECT {text:String}, {n:UInt8}',
      "it\\'s\\ta\\\\b\t7\n",
    ],
    [
      'with settings',
      { output_format_json_quote_64bit_integers: '1' },
      'SELECT 1::UInt64 AS n FORMAT JSONEachRow',
      '{"n":"1"}\n',
    ],
  ])('runs a query %s', async (_, parameters, body, expected) => {
    expect(await ask(parameters, body)).toEqual({ status: 200, text: expected, code: null });
  });

  it('keeps a setting for its query only', async () => {
    const query = 'SELECT changed FROM system.settings WHERE name = {name:String}';
    const asked = { query, param_name: 'max_execution_time' };
    expect((await ask({ ...asked, max_execution_time: '7' })).text).toBe('1\n');
    for (let i = 0; i < 8; i++) expect((await ask(asked)).text).toBe('0\n');
  });

  it('stores the data of an insert in any format, and reads it through input()', async () => {
    await ask({}, 'CREATE TABLE default.t (a String, n UInt8) ENGINE = MergeTree ORDER BY a');
    expect((await ask({ query: 'INSERT INTO default.t (a, n) FORMAT CSV' }, '"x; y",1\n')).status).toBe(200);
    expect((await ask({ query: 'INSERT INTO default.t FORMAT JSONEachRow' }, '{"a":"z","n":2}')).status).toBe(200);
    const through = "INSERT INTO default.t SELECT {prefix:String} || b, m FROM input('b String, m UInt8') FORMAT CSV";
    expect((await ask({ query: through, param_prefix: '+' }, '"w",3\n')).status).toBe(200);
    expect((await ask({ query: 'SELECT * FROM default.t ORDER BY n' })).text).toBe('x; y\t1\nz\t2\n+w\t3\n');
  });

  it('answers an error with its code, its status and its text', async () => {
    const { status, text, code } = await ask({}, 'SELECT * FROM nowhere.t');
    expect([status, code]).toEqual([404, '81']);
    expect(text).toMatch(/^Code: 81\. DB::Exception: .*\(UNKNOWN_DATABASE\) \(version .*\)\n$/);
  });

  it.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['a wrong password', { 'X-ClickHouse-User': 'market', 'X-ClickHouse-Key': 'wrong' }],
    ['an unknown user', { 'X-ClickHouse-User': 'other', 'X-ClickHouse-Key': 'p:w' }],
  ])('refuses %s', async (_, headers) => {
    const answer = await fetch(front.url, { method: 'POST', headers, body: 'SELECT 1' });
    expect([answer.status, answer.headers.get('X-ClickHouse-Exception-Code')]).toEqual([403, '516']);
  });

  it('takes credentials in headers of its own too', async () => {
    const headers = { 'X-ClickHouse-User': 'market', 'X-ClickHouse-Key': 'p:w' };
    expect(await (await fetch(front.url, { method: 'POST', headers, body: 'SELECT 1' })).text()).toBe('1\n');
  });

  it('runs nothing of a request that is cut off', async () => {
    await ask({}, 'CREATE TABLE default.cut (a String) ENGINE = MergeTree ORDER BY a');
    await new Promise<void>((resolve) => {
      const query = encodeURIComponent('INSERT INTO default.cut FORMAT CSV');
      const headers = { ...credentials, 'Content-Length': '1000' };
      const half = request(`${front.url}/?query=${query}`, { method: 'POST', headers });
      half.on('error', () => {});
      half.on('close', () => resolve());
      half.write('"whole line"\n', () => half.destroy());
    });
    expect((await ask({ query: 'SELECT count() FROM default.cut' })).text).toBe('0\n');
  });
});

describe('the proxy', () => {
  it('passes on what its script leaves alone, and tells what came', async () => {
    const seen = proxy.requests.length;
    expect((await ask({}, 'SELECT 1', proxy.url)).text).toBe('1\n');
    expect(proxy.requests[seen]?.sql).toBe('SELECT 1');
  });

  it('lets the server do what it never answers', async () => {
    await ask({}, 'CREATE TABLE default.applied (a String) ENGINE = MergeTree ORDER BY a');
    proxy.script(() => ({ fault: 'applyThenTimeOut' }));
    const caller = new AbortController();
    const body = "INSERT INTO default.applied VALUES ('x')";
    const applied = proxy.nextApplied();
    const never = fetch(proxy.url, { method: 'POST', headers: credentials, body, signal: caller.signal });
    await applied;
    expect((await ask({ query: 'SELECT count() FROM default.applied' })).text).toBe('1\n');
    caller.abort();
    await expect(never).rejects.toThrow();
  });

  it('puts a marked exception behind the rows of a 200', async () => {
    proxy.script(() => ({ fault: 'exceptionInBody', exception: 'Code: 1. DB::Exception: late. (LATE)', tag: 'tag' }));
    const { status, text } = await ask({}, 'SELECT 1', proxy.url);
    expect(status).toBe(200);
    expect(text).toBe(
      '1\n\r\n__exception__\r\ntag\r\nCode: 1. DB::Exception: late. (LATE)\n37 tag\r\n__exception__\r\n',
    );
  });

  it('cuts an answer in the middle', async () => {
    proxy.script(() => ({ fault: 'cutAnswer' }));
    await expect(ask({}, 'SELECT number FROM numbers(1000)', proxy.url)).rejects.toThrow();
  });
});
