export { REFUSALS, type Refusal, refusalOfReservedSymbol, reservedSymbol } from './refusal.ts';
export { createAlphaVantageSandbox } from './sandbox.ts';
export type {
  AlphaVantageSandbox,
  AnswerMatch,
  RecordedRequest,
  SandboxOptions,
  SandboxQuota,
  SandboxRequest,
  SandboxResponse,
} from './sandbox-types.ts';
export { type SandboxServer, type SandboxServerOptions, startSandboxServer } from './server.ts';
