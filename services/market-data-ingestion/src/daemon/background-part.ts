import type { Lifecycle } from '@quantumtrade/core-traits';
import type { HealthSection } from '../http/dependencies.ts';

/**
 * Something that works by itself while the daemon runs, such as a schedule. Parts are started in their order after the
 * service and before the port opens, and are stopped in reverse while the service and its stores still work. The signal
 * of `stop` aborts when the time for work under way is over: what is not finished by then is to be given up.
 */
export interface BackgroundPart extends Lifecycle, HealthSection {}
