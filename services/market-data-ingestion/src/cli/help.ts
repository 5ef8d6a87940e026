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
  APCA_API_KEY_ID          collect from Alpaca with --source alpaca, with
  APCA_API_SECRET_KEY      this secret
  MARKET_DATA_DIR          directory of the data (./.market-data)

Status: 0 all succeeded, 1 some failed, 2 nothing was sent (usage, configuration, directory),
130 Ctrl-C.
`,
  collect: `
Examples:
  market-data collect AAPL MSFT --interval 5min
  market-data collect IBM --interval daily --adjusted --outputsize full
  market-data collect AAPL --interval 1min --month 2024-01 --json
  market-data collect AAPL BTC/USD --interval 60min --source alpaca
  market-data collect EUR/USD BTC/USD --interval daily

BASE/QUOTE is a pair: of currencies (EUR/USD), or the price of a digital currency (BTC/USD).
Collecting again stores only what is new or has changed. What failed is said per symbol; the
others are stored all the same.
`,
  query: `
Examples:
  market-data query AAPL --interval 5min --limit 10
  market-data query AAPL --interval 5min --from 2024-01-02T14:30:00Z --to 2024-01-02T21:00:00Z
  market-data query IBM --interval daily --adjusted --json
  market-data query IBM --interval daily --source alpha_vantage_sandbox

A date alone is its midnight in UTC. Daily and longer bars open at midnight in New York, which is
04:00 or 05:00 in UTC, and those of pairs at midnight in UTC (Chicago, from Alpaca).
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
