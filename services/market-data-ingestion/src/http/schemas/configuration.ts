import { count, exactly, flag, listOf, type NamedSchema, named, oneOf, ref, text, textOrNone } from './schema.ts';

/** What is wrong with a setting, as `config validate --json` prints it. */
const mistakeSchema: NamedSchema = named('SettingMistake', exactly({ path: textOrNone, layer: text, message: text }), {
  path: 'http.port',
  layer: 'environment MARKET_DATA_HTTP__PORT',
  message: 'http.port must be a whole number from 0 to 65535 (environment MARKET_DATA_HTTP__PORT)',
});

/** A setting in force, as `config show --json` prints it. */
const settingSchema: NamedSchema = named(
  'Setting',
  exactly({
    path: text,
    // Settings are texts, numbers, flags, lists and tables of those.
    value: { description: 'the value in force; [redacted] for a secret' },
    layer: text,
  }),
  { path: 'http.port', value: 8080, layer: 'default' },
);

export const settingsSchema: NamedSchema = named(
  'Settings',
  exactly({ version: count, settings: listOf(ref(settingSchema)) }),
  { version: 1, settings: settingSchema.examples },
);

export const validationSchema: NamedSchema = named(
  'Validation',
  exactly({ valid: flag, problems: listOf(ref(mistakeSchema)) }),
  { valid: true, problems: [] },
);

export const reloadSchema: NamedSchema = named(
  'Reload',
  exactly({
    outcome: oneOf('applied', 'refused'),
    version: count,
    changed: listOf(text),
    problems: listOf(ref(mistakeSchema)),
  }),
  { outcome: 'applied', version: 2, changed: ['http.allowed_hosts'], problems: [] },
);

/** Every schema of the settings that has a name. */
export const configurationSchemas: readonly NamedSchema[] = [
  mistakeSchema,
  settingSchema,
  settingsSchema,
  validationSchema,
  reloadSchema,
];
