import { createConfigurationProvider } from '@quantumtrade/core-defaults';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { configurationOptions } from '../../src/index.ts';
import { deployed } from './queries.ts';

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface ComposeService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

const dockerfile = deployed('image/Dockerfile');

describe('the Dockerfile', () => {
  it('passes the linter of the Docker language server', () => {
    expect(validate(dockerfile).map(({ range, message }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
    expect(validate('FROM node\nRUNN ls')).not.toEqual([]);
  });

  it('runs as another user than root, and stops by SIGTERM to Node itself', () => {
    const users = [...dockerfile.matchAll(/^USER (\w+)$/gm)].map(([, user]) => user);
    expect(users.at(-1)).toBe('node');
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", /m);
  });

  it('is asked for its health every 30 s, with 10 s to answer, 5 s to start and 3 tries', () => {
    expect(dockerfile).toContain('HEALTHCHECK --interval=30s --timeout=10s --start-period=5s --retries=3');
  });
});

describe.each(['compose.yaml', 'compose.clickhouse.yaml'])('%s', (file) => {
  const document = parseDocument(deployed(file), { strict: true });
  const { services, volumes = {}, secrets = {} } = document.toJS() as Compose;

  it('is YAML without a mistake, whose volumes, secrets and services are declared', () => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    for (const [name, service] of Object.entries(services)) {
      for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(services), name).toContain(other);
      for (const secret of service.secrets ?? []) expect(Object.keys(secrets), name).toContain(secret);
      for (const volume of service.volumes ?? []) {
        const source = volume.split(':')[0] as string;
        if (!source.startsWith('.')) expect(Object.keys(volumes), name).toContain(source);
      }
    }
  });

  it('opens ports to this machine only, and pins what it runs', () => {
    for (const { ports = [], image = '' } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      if (image !== 'market-data') expect(image).toMatch(/:v?\d+[\w.-]*$/);
    }
  });
});

describe('the settings that compose.yaml gives the service', () => {
  const { services } = parseDocument(deployed('compose.yaml')).toJS() as Compose;
  const given = services['market-data']?.environment ?? {};
  /** Files of secrets are made for the check; elsewhere they are not there. */
  const environment = Object.fromEntries(
    Object.entries(given).map(([name, value]) =>
      name.endsWith('_FILE') ? [name.slice(0, -'_FILE'.length), 'a-secret-of-sufficient-length'] : [name, value],
    ),
  );

  it('are settings that are known and fit together', () => {
    expect(Object.keys(environment).length).toBeGreaterThan(4);
    const options = configurationOptions({ environment, file: undefined });
    expect(() => createConfigurationProvider(options)).not.toThrow();
    const misspelt = configurationOptions({ environment: { MARKET_DATA_REDIS__URI: 'x' }, file: undefined });
    expect(() => createConfigurationProvider(misspelt)).toThrow();
  });
});
