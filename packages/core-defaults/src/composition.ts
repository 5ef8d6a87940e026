import 'reflect-metadata';
import { ServiceError, type Token } from '@quantumtrade/core-traits';
import { type DependencyContainer, instancePerContainerCachingFactory } from 'tsyringe';

/**
 * Binds a contract to the factory of its implementation. The factory runs when the contract is first resolved, once
 * for each container that resolves it, and may resolve other contracts. A later binding of the same token wins.
 */
export function bind<T>(
  container: DependencyContainer,
  token: Token<T>,
  factory: (container: DependencyContainer) => NoInfer<T>,
): void {
  container.register<T>(token, { useFactory: instancePerContainerCachingFactory(factory) });
}

/**
 * The implementation of a contract.
 *
 * @throws ServiceError `system` with reason `notBound` when neither the container nor one above it binds the token;
 * what the factory throws passes through.
 */
export function resolve<T>(container: DependencyContainer, token: Token<T>): T {
  if (container.isRegistered(token, true)) return container.resolve<T>(token);
  throw new ServiceError({
    kind: 'system',
    reason: 'notBound',
    message: `nothing is bound to ${token.description}: bind it in the composition module`,
  });
}
