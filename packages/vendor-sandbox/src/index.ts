export { ALPACA_REFUSALS, type AlpacaRefusal, reservedAlpacaSymbol } from './alpaca/alpaca-refusal.ts';
export { createAlpacaSandbox } from './alpaca/alpaca-sandbox.ts';
export type { AlpacaSandbox, AlpacaSandboxOptions, RecordedAlpacaRequest } from './alpaca/alpaca-types.ts';
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
export { type SandboxServer, type SandboxServerOptions, type ServedSandbox, startSandboxServer } from './server.ts';
