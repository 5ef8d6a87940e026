export { brokenCaches } from './broken-caches.ts';
export { brokenClocks } from './broken-clocks.ts';
export { brokenCollectors } from './broken-collectors.ts';
export { brokenConfigurations } from './broken-configurations.ts';
export { brokenErrorHandlers } from './broken-error-handlers.ts';
export { brokenHealth } from './broken-health.ts';
export type { BrokenImplementation } from './broken-implementation.ts';
export { brokenLifecycles } from './broken-lifecycles.ts';
export { brokenMonitoring } from './broken-monitoring.ts';
