/**
 * A vendor on the loopback in a process of its own, as a real one is: `/<bars>?symbol=…` answers with so many bars of that
 * symbol. Tells its port, and ends when nobody listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeBars } from '../../measure/bars.ts';
import { type Payload, payloadOf } from '../../measure/payload.ts';

const payloads = new Map<number, Payload>();

function payload(bars: number): Payload {
  const known = payloads.get(bars);
  if (known !== undefined) return known;
  const made = payloadOf(makeBars(bars));
  payloads.set(bars, made);
  return made;
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor');
  const { head, rows } = payload(Number(url.pathname.slice(1)));
  const first = head(url.searchParams.get('symbol') ?? '');
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': first.length + rows.length });
  response.write(first);
  response.end(rows);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
