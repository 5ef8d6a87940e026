import { monitoringSuite } from '@quantumtrade/core-testing';
import type { Labels } from '@quantumtrade/core-traits';
import { fastify } from 'fastify';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { HostMonitoring } from '../src/host/host-monitoring.ts';

const levels: Readonly<Record<number, 'info' | 'warn' | 'error'>> = { 30: 'info', 40: 'warn', 50: 'error' };

describe('the monitoring of the host', () => {
  monitoringSuite(
    { describe, it, expect },
    {
      // The host's logger knows its secrets by name, not by value.
      supports: { redaction: false },
      create: async () => {
        const lines: string[] = [];
        const registry = new Registry();
        const { log } = fastify({ logger: { stream: { write: (line) => void lines.push(line) } } });
        const reader = async () => {
          const metrics = await registry.getMetricsAsJSON();
          return (name: string, labels: Labels, suffix = ''): number | undefined => {
            const wanted = JSON.stringify(Object.entries({ ...labels, feed: 'suite' }).sort());
            const values = metrics.find((metric) => metric.name === `ingestion_${name}`)?.values ?? [];
            return values.find((value) => {
              const named = (value as { metricName?: string }).metricName ?? `ingestion_${name}`;
              const same = JSON.stringify(Object.entries(value.labels).sort()) === wanted;
              return same && named === `ingestion_${name}${suffix}`;
            })?.value;
          };
        };
        return {
          subject: new HostMonitoring({ registry, logger: log, feed: 'suite' }),
          read: async () => {
            const value = await reader();
            return {
              counter: (name, labels) => value(name, labels) ?? 0,
              gauge: (name, labels) => value(name, labels),
              timings: (name, labels) => ({
                count: value(name, labels, '_count') ?? 0,
                sumMs: (value(name, labels, '_sum') ?? 0) * 1000,
              }),
              logs: lines.map((text) => ({ level: levels[JSON.parse(text).level] ?? 'error', text })),
            };
          },
        };
      },
    },
  );
});
