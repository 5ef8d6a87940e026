/** How well a component does its work. `unknown` is a component that could not be asked. */
export type HealthState = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** One component as it was last seen. */
export interface ComponentHealth extends ComponentReport {
  /** Stable component id, such as `clickhouse`, `redis` or `alpha_vantage`. */
  readonly name: string;
  /** When the check ended: milliseconds since the Unix epoch (UTC). */
  readonly lastCheck: number;
  /** How long the check took, in milliseconds. */
  readonly responseTimeMs: number;
}

/** The health of a service: its worst component decides. */
export interface HealthStatus {
  readonly serviceName: string;
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** Milliseconds since the Unix epoch (UTC). */
  readonly timestamp: number;
  readonly checks: readonly ComponentHealth[];
  /** Seconds since the service started; 0 before. */
  readonly uptimeSeconds: number;
  readonly version: string;
}

/**
 * Whether requests may be sent; when not, `reason` names the critical component at fault and its status. Probes show it to
 * everybody: why a component is at fault is for `healthCheck` to say.
 */
export type ReadinessStatus = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface HealthCheckOptions {
  /** Ends the checks early; what has not answered by then is reported as `unknown`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A service that can say how it is. Neither call throws and neither spends a vendor's quota: vendors are reported from
 * the outcome of the last real calls.
 */
export interface HealthCheckable {
  readonly serviceName: string;
  healthCheck(options?: HealthCheckOptions): Promise<HealthStatus>;
  readyCheck(options?: HealthCheckOptions): Promise<ReadinessStatus>;
}

/** What a single check found out. */
export interface ComponentReport {
  readonly status: HealthState;
  /** Why, in words for the person on call; empty text is allowed when healthy. */
  readonly message: string;
  /** Which implementation is in use: `server`, `embedded`, `in-process`, `sandbox`, … */
  readonly implementation?: string | undefined;
}

/** How one component is asked. A check may throw or hang: who runs it turns that into a bad row. */
export interface HealthCheck {
  /** Stable component id, such as `clickhouse`. */
  readonly name: string;
  /** Whether the service is not ready without it. */
  readonly critical: boolean;
  /** How long the check may take, in milliseconds; the runner's default when left out. */
  readonly timeoutMs?: number | undefined;
  check(options: { readonly signal: AbortSignal }): Promise<ComponentReport> | ComponentReport;
}

const severity: Record<HealthState, number> = { healthy: 0, degraded: 1, unknown: 2, unhealthy: 3 };

/** The status of a whole from its parts: the worst wins, `unknown` counts as degraded, nothing at all is healthy. */
export function worstStatus(checks: readonly Pick<ComponentHealth, 'status'>[]): HealthStatus['status'] {
  let worst: HealthState = 'healthy';
  for (const { status } of checks) if (severity[status] > severity[worst]) worst = status;
  return worst === 'unknown' ? 'degraded' : worst;
}
