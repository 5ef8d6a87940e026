import { type HttpHandler, HttpResponse, http } from 'msw';
import type { AlphaVantageSandbox } from './sandbox-types.ts';

/**
 * Handlers for `setupServer` of msw, through which requests to the vendor's address reach a sandbox.
 *
 * @param baseUrl the endpoint without its query; the vendor's own unless given
 */
export function sandboxHandlers(
  sandbox: AlphaVantageSandbox,
  baseUrl = 'https://www.alphavantage.co/query',
): HttpHandler[] {
  return [
    http.all(baseUrl, ({ request }) => {
      // The path of another base address means nothing to the sandbox; only the query does.
      const { search } = new URL(request.url);
      const { status, headers, body } = sandbox.handle({ url: `/query${search}`, method: request.method });
      return new HttpResponse(body === '' ? undefined : body, { status, headers });
    }),
  ];
}
