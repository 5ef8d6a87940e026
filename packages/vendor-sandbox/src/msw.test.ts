import { setupServer } from 'msw/node';
import { afterEach, describe, expect, it } from 'vitest';
import { type AlphaVantageSandbox, createAlphaVantageSandbox } from './index.ts';
import { sandboxHandlers } from './msw.ts';

const QUERY = '?function=TIME_SERIES_DAILY&symbol=IBM&apikey=KEY';

const closers: (() => void)[] = [];

function intercept(sandbox: AlphaVantageSandbox, baseUrl?: string): void {
  const server = setupServer(...sandboxHandlers(sandbox, baseUrl));
  server.listen({ onUnhandledFrame: 'error' });
  closers.push(() => server.close());
}

afterEach(() => {
  for (const close of closers.splice(0)) {
    close();
  }
});

function create(): AlphaVantageSandbox {
  return createAlphaVantageSandbox({ now: () => Date.UTC(2026, 10, 20, 15, 0) });
}

describe('sandboxHandlers', () => {
  it("answers requests to the vendor's address from the sandbox", async () => {
    const sandbox = create();
    intercept(sandbox);
    const response = await fetch(`https://www.alphavantage.co/query${QUERY}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(create().handle({ url: `/query${QUERY}` }).body);
    expect(sandbox.requests[0]?.symbol).toBe('IBM');
  });

  it('answers at another address, whatever its path', async () => {
    const sandbox = create();
    intercept(sandbox, 'https://vendor.example/v1/data');
    const response = await fetch(`https://vendor.example/v1/data${QUERY}&datatype=csv`);
    expect(await response.text()).toMatch(/^timestamp,open,high,low,close,volume\r\n/);
  });

  it('passes on refusals with their status, and answers without a body', async () => {
    const sandbox = create();
    intercept(sandbox);
    sandbox.refuseNext('outageHtml');
    expect((await fetch(`https://www.alphavantage.co/query${QUERY}`)).status).toBe(503);
    sandbox.answer({}, { status: 204 });
    expect((await fetch(`https://www.alphavantage.co/query${QUERY}`)).status).toBe(204);
  });
});
