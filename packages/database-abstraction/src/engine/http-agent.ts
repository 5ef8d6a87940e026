import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';

export interface HttpAgentOptions {
  readonly secure: boolean;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
}

/** The `code` of the error that a connection fails with which was not made in time. */
export const connectTimeoutCode = 'ECONNECTTIMEOUT';

/**
 * An agent whose connections must be made within a time. The client's own time-out counts from the last byte and takes a
 * connection that is never made for a slow query.
 */
export function createHttpAgent(options: HttpAgentOptions): HttpAgent {
  const agentOptions: AgentOptions = { keepAlive: true, maxSockets: options.maxConnections };
  const agent = options.secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const connected = options.secure ? 'secureConnect' : 'connect';
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (connection, callback) => {
    const socket = connect(connection, callback) as Socket;
    // Sockets live in real time, whatever clock the rest is given.
    const timer = setTimeout(() => {
      const error = new Error(`no connection within ${options.connectTimeoutMs / 1000} s`);
      socket.destroy(Object.assign(error, { code: connectTimeoutCode }));
    }, options.connectTimeoutMs);
    const settle = (): void => clearTimeout(timer);
    socket.once(connected, settle);
    socket.once('close', settle);
    return socket;
  };
  return agent;
}
