import type { ComponentHealth, HealthCheck } from '@quantumtrade/core-traits';

/** A critical component that answers at once. */
export function component(
  name: string,
  status: ComponentHealth['status'] = 'healthy',
  options: { message?: string; implementation?: string; critical?: boolean } = {},
): HealthCheck {
  const { critical = true, message = '', ...more } = options;
  return { name, critical, check: () => ({ status, message, ...more }) };
}
