import { readFile } from 'node:fs/promises';
import { validate } from '@readme/openapi-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { startApi, writeToken } from './api.ts';

const api = await startApi({
  parts: {
    metricsText: async () => '',
    quota: async () => undefined,
    board: () => undefined,
    schedule: {
      health: () => ({ enabled: true, exchange: 'XNYS', tasks: [] }),
      begin: () => Promise.reject(new Error('not here')),
    },
    settings: {
      version: 1,
      describe: () => [],
      problems: () => [],
      reload: () => ({ outcome: 'applied', version: 1, changed: [] }),
    },
  },
});
afterAll(() => api.close());

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: object;
    readonly example?: unknown;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly examples: readonly unknown[] }>> };
}

const document = (await api.ask('/openapi.json')).json as unknown as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    // The parser changes what it is given.
    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  });

  it('has the addresses of docs/http-api.md, each operation under a name of its own', async () => {
    const page = await readFile(new URL('../../../../docs/http-api.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `([A-Z]+) ([^` ]+)` \|/gm)].map(
      ([, method = '', path]) => `${method} ${path}`,
    );
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(listed.sort());
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ operationId: expect.any(String), summary: expect.stringMatching(/./) });
      expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...operation.tags]));
    }
  });

  it('says of each operation what it needs, and refuses as it says', async () => {
    const open = [{ token: [] }, {}];
    for (const { path, method, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      const address = path
        .replace('{symbol}', 'IBM')
        .replace('{task}', 'daily')
        .replace('{id}', '6f1c1b1e-0f9c-4b7e-9d3e-000000000000');
      const { status } = await api.ask(address, { method: method.toUpperCase(), token: 'a-token-of-nobody' });
      const isProbe = ['/', '/live', '/ready'].includes(path);
      expect([address, operation.security, status]).toEqual(
        isProbe ? [address, [], 200] : [address, method === 'get' ? open : [{ token: [] }], 401],
      );
      expect(statuses).toEqual(expect.arrayContaining(isProbe ? ['421', '429'] : ['401', '421', '429']));
      expect(statuses.includes('403')).toBe(method !== 'get');
      expect(statuses.includes('404')).toBe(/\{(id|task)\}/.test(path));
      expect(operation.responses.default?.content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      });
    }
  });

  it('gives an example of every answer, body and required parameter, which its schema allows', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    const check = (pointer: string, example: unknown): void => {
      const accepts = ajv.compile({ $ref: `document#/${pointer}` });
      expect([pointer, example, accepts(example), accepts.errors]).toEqual([pointer, example, true, null]);
    };
    const escaped = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
    for (const [name, { examples }] of Object.entries(document.components.schemas)) {
      expect([name, examples?.length]).toEqual([name, 1]);
      check(`components/schemas/${name}`, examples[0]);
    }
    for (const { path, method, operation } of operations) {
      const where = `paths/${escaped(path)}/${method}`;
      for (const [status, { content = {}, description }] of Object.entries(operation.responses)) {
        expect(description.length).toBeGreaterThan(0);
        for (const [type, { schema, example }] of Object.entries(content)) {
          const own = example ?? ('examples' in schema ? (schema.examples as unknown[])[0] : undefined);
          expect([where, status, '$ref' in schema || own !== undefined]).toEqual([where, status, true]);
          if (own !== undefined) check(`${where}/responses/${status}/content/${escaped(type)}/schema`, own);
        }
      }
      for (const { name, in: at, required, schema, example } of operation.parameters ?? []) {
        const own = example ?? ('examples' in schema ? (schema.examples as unknown[])[0] : undefined);
        expect([where, name, required !== true || own !== undefined]).toEqual([where, name, true]);
        expect([name, at, required === true]).toEqual([
          name,
          at,
          at === 'path' ||
            ['interval', 'at'].includes(name) ||
            (name === 'from' && operation.tags.includes('coverage')),
        ]);
      }
      for (const [type, { example }] of Object.entries(operation.requestBody?.content ?? {})) {
        check(`${where}/requestBody/content/${escaped(type)}/schema`, example);
      }
    }
  });
});

it('what the service says of itself is not cut by the schemas', async () => {
  const { json } = await api.ask('/health');
  const health = await api.service.healthCheck();
  expect(Object.keys(json).sort()).toEqual(Object.keys(health).sort());
  expect((json.checks as object[]).map((check) => Object.keys(check).sort())).toEqual(
    health.checks.map((check) => Object.keys(check).sort()),
  );
  const answer = await api.ask('/api/v1/config/reload', { method: 'POST', token: writeToken });
  expect(answer.json).toEqual({ outcome: 'applied', version: 1, changed: [], problems: [] });
});
