import type { Redacted } from './redacted.ts';

/**
 * A schema that validates and types a section: the part of the Standard Schema interface (https://standardschema.dev)
 * that configuration uses. Zod, Valibot and ArkType schemas are of this shape as they are.
 */
export interface SectionSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A part of the configuration that one component owns: where it stands and what it must look like. */
export interface ConfigurationSection<T> {
  /** Dotted path from the root, such as `alpha_vantage` or `collection.data_quality`. */
  readonly path: string;
  /** Validates the merged values and fills in defaults. It must validate synchronously. */
  readonly schema: SectionSchema<T>;
  /** Every key the section knows, dotted when nested; others are refused. */
  readonly keys: readonly string[];
  /** The keys (of `keys`) whose values are secrets. */
  readonly secrets?: readonly string[];
}

/**
 * Reads settings by dotted path (`alpha_vantage.timeout_seconds`). A value that is absent is `undefined`; a value that
 * is there and wrong, or a source that failed, throws a `ServiceError` of kind `configuration`.
 */
export interface ConfigurationProvider {
  getString(path: string): string | undefined;
  /** A whole number of at least 0. */
  getInteger(path: string): number | undefined;
  getBoolean(path: string): boolean | undefined;
  getSecret(path: string): Redacted<string> | undefined;
  /** The validated section with its defaults filled in; the same object until the configuration changes. */
  getConfigSection<T>(section: ConfigurationSection<T>): T;
  /**
   * Every secret in clear, also those that were replaced while the process runs, for a redactor that keeps them out of
   * logs and errors. Never write them anywhere. A provider whose secrets cannot change may leave it out.
   */
  secrets?(): readonly string[];
}
