import type { QueryParameters } from './sql-engine.ts';

/** A ClickHouse string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

/** A literal of any type, read from text as the engine reads the text of a query parameter. */
export function typedLiteral(value: string | number, type: string): string {
  return type === 'String' ? literal(String(value)) : `CAST(${literal(String(value))}, ${literal(type)})`;
}

/**
 * A statement with its `{name:Type}` placeholders replaced by literals. The embedded engine's client runs statements with
 * parameters one after another for the whole process, whatever the connection: a read would wait for every insert.
 *
 * @throws RangeError for a placeholder without a value.
 */
export function bindLiterals(sql: string, parameters: QueryParameters | undefined): string {
  if (parameters === undefined) return sql;
  return sql.replace(/\{(\w+):([^{}]+)\}/g, (_, name: string, type: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new RangeError(`the statement's parameter ${name} has no value`);
    return typedLiteral(value, type);
  });
}
