/** What `--help` teaches below the options, by command. */
export const helpTexts = {
  program: `
Examples:
  market-data collect AAPL MSFT --interval 5min
  market-data query AAPL --interval 5min --limit 10
  market-data collect --help

Without a key the vendor's sandbox answers, with made-up bars. Settings come from --config FILE
(TOML, YAML or JSON), from MARKET_DATA_<SECTION>__<KEY>, and from:
  ALPHA_VANTAGE_API_KEY    collect from the real vendor
  ALPHA_VANTAGE_BASE_URL   another endpoint, /query included
  MARKET_DATA_DIR          directory of the data (./.market-data)

Status: 0 all succeeded, 1 some failed, 2 nothing was sent (usage, configuration, directory),
130 Ctrl-C.
`,
  collect: `
Examples:
  market-data collect AAPL MSFT --interval 5min
  market-data collect IBM --interval daily --adjusted --outputsize full
  market-data collect AAPL --interval 1min --month 2024-01 --json
  market-data collect AAPL MSFT --interval 5min --from 2024-01 --to 2024-12

Collecting again stores only what is new or has changed. What failed is said per symbol; the
others are stored all the same.

With --from, history is gathered month by month. Months that are complete are remembered and not
asked for again, so the same command goes on after any interruption, and after a spent day.
`,
  plan: `
Examples:
  market-data plan AAPL MSFT --interval 5min --from 2024-01 --to 2024-12
  market-data plan AAPL --interval 1min --from 2024-06 --json

Asks no vendor and spends nothing. One call gives one month of one symbol.
`,
  quota: `
Examples:
  market-data quota
  market-data quota --json

Asks no vendor. It shows what was counted here, or in Redis with all processes that use the key;
only a refusal tells what the vendor has counted.
`,
  entitlements: `
Examples:
  market-data entitlements
  market-data entitlements --forget

Asks no vendor. What a key's plan does not hold is learned from refusals and believed for
rate_limits.remember_refusals_days.
`,
  query: `
Examples:
  market-data query AAPL --interval 5min --limit 10
  market-data query AAPL --interval 5min --from 2024-01-02T14:30:00Z --to 2024-01-02T21:00:00Z
  market-data query IBM --interval daily --adjusted --json
  market-data query IBM --interval daily --source alpha_vantage_sandbox

A date alone is its midnight in UTC. Daily and longer bars open at midnight in New York, which is
04:00 or 05:00 in UTC.
`,
  quarantine: `
Examples:
  market-data quarantine
  market-data quarantine --symbol AAPL --json

Rows are kept as the vendor sent them, with their score and the rules they broke.
`,
  health: `
Examples:
  market-data health
  market-data health --json

Asks the database and the cache; the vendor is not asked, so no call of its quota is spent.
`,
  migrate: `
Examples:
  market-data migrate
  MARKET_DATA_DIR=/var/lib/market-data market-data migrate

Every command does this by itself on the embedded database; running it again changes nothing.
`,
  config: `
Examples:
  market-data config validate --config market-data.toml
  market-data config show

Neither opens a database or asks a vendor.
`,
  configValidate: `
Examples:
  market-data config validate
  market-data config validate --config market-data.yaml --json

Prints one problem a line. Status: 0 the settings are valid, 2 they are not.
`,
  configShow: `
Examples:
  market-data config show
  market-data config show --config market-data.json --json

Sources: default, file, environment. Secrets are shown as [redacted].
`,
} as const;
