import { FakeCollector } from '@quantumtrade/core-testing';
import { describe, expect, it } from 'vitest';
import { composeApplication } from '../../src/cli/composition.ts';
import { entitlements } from '../../src/cli/entitlements.ts';
import { quota } from '../../src/cli/quota.ts';
import type { VendorFactory } from '../../src/vendors/vendor-factory.ts';
import { capture } from './capture.ts';
import { temporaryDirectory } from './command-line.ts';

/** A vendor of a host that leaves out whatever it may leave out. */
const own: VendorFactory = { source: () => 'own_vendor', create: () => new FakeCollector({ source: 'own_vendor' }) };

describe('quota and entitlements of a vendor of the host that has no account()', () => {
  it.each([
    ['quota', quota],
    ['entitlements', entitlements],
  ])('%s says what is missing', async (_, command) => {
    const directory = await temporaryDirectory();
    const application = composeApplication({
      environment: { MARKET_DATA_DIR: directory.path, MARKET_DATA_COLLECTION__SOURCE: 'own' },
      registry: new Map([['own', own]]),
      logStream: capture(),
    });
    const streams = { out: capture(), error: capture() };
    expect(await command(application, streams, {})).toBe(0);
    expect(streams.error.text()).toBe(
      'own_vendor tells nothing of its limits: its factory in the registry has no account()\n',
    );
    await application.databaseManager.close();
    await directory.remove();
  });
});
