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
  REDIS_URL                cache on a Redis server instead of in this process
  CLICKHOUSE_URL           a ClickHouse server instead of that directory, with CLICKHOUSE_USER,
                           CLICKHOUSE_PASSWORD and CLICKHOUSE_DATABASE

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
  market-data collect AAPL MSFT --interval 5min --from 2024-01 --to 2024-12

BASE/QUOTE is a pair: of currencies (EUR/USD), or the price of a digital currency (BTC/USD).
Collecting again stores only what is new or has changed. What failed is said per symbol; the
others are stored all the same.

With --from, history is gathered month by month. Months that are complete are remembered and not
asked for again, so the same command goes on after any interruption, and after a spent day.
`,
  collectActions: `
Examples:
  market-data collect-actions AAPL MSFT
  market-data collect-actions IBM --kind dividend --json

One call of the vendor's quota for each symbol and kind. Collecting again stores only what is new,
has changed, or is named no longer. Alpaca is not asked for them.
`,
  actions: `
Examples:
  market-data actions IBM
  market-data actions IBM --kind split --json
  market-data actions IBM --from 2024-01-01 --as-of 2024-06-30T12:00:00Z
  market-data actions IBM --all-versions

A dividend's value is the cash on one share; a split's is how many shares one share becomes.
`,
  plan: `
Examples:
  market-data plan AAPL MSFT --interval 5min --from 2024-01 --to 2024-12
  market-data plan AAPL --interval 1min --from 2024-06 --json

Asks no vendor and spends nothing. One call gives one month of one symbol, from Alpaca up to 10,000
bars of it: its calls are counted as if there were a trade in every bar, so they may be fewer.
`,
  backfill: `
Examples:
  market-data backfill AAPL MSFT --interval 5min --from 2024-01 --to 2024-12
  market-data backfill AAPL --interval 60min --from 2024-01 --both --tier T0
  market-data backfill IBM AAPL --interval daily --from 2000-01
  market-data backfill AAPL --interval 1min --from 2024-06 --dry-run --json

Makes a job of what "market-data gaps" lists for these days, and of nothing else: one item a symbol
and month, or a symbol for daily and longer bars. It is kept in the
data directory, or in Redis, where several processes share it. The same command, or
"market-data jobs resume", goes on after any interruption; finished items are not asked for again.
A spent day ends the command with status 1, unless --wait. It works on items of older jobs too.
Beside a daemon it only makes the job, which the daemon works on.
`,
  jobs: `
Examples:
  market-data jobs
  market-data jobs show AAPL_2024-01-01
  market-data jobs resume AAPL_2024-01-01
  market-data jobs cancel AAPL_2024-01-01

Jobs are those of one vendor: see --source.
`,
  jobsShow: `
Examples:
  market-data jobs show AAPL_2024-01-01
  market-data jobs show AAPL_2024-01-01 --json
`,
  jobsCancel: `
Examples:
  market-data jobs cancel AAPL_2024-01-01

What is stored stays. The same backfill makes a new job of what is missing.
`,
  jobsResume: `
Examples:
  market-data jobs resume AAPL_2024-01-01
  market-data jobs resume AAPL_2024-01-01 --wait

Works until the job has ended. Dead letters are tried again after "dead-letters requeue" only.
`,
  jobsWork: `
Examples:
  market-data jobs work
  market-data jobs work --drain

Any number of processes may do so at once. With Redis, jobs that other services push as JSON on the list
"jobs.pushed_list" are taken: {"symbols": ["AAPL"], "interval": "5min", "from": "2024-01"}.
`,
  deadLetters: `
Examples:
  market-data dead-letters
  market-data dead-letters requeue AAPL_2024-01-01
  market-data dead-letters purge AAPL_2024-01-01/AAPL/2024-03

Items of jobs that failed for good, with the reason of their last attempt.
`,
  deadLettersRequeue: `
Examples:
  market-data dead-letters requeue
  market-data dead-letters requeue AAPL_2024-01-01
`,
  deadLettersPurge: `
Examples:
  market-data dead-letters purge
  market-data dead-letters purge AAPL_2024-01-01/AAPL/2024-03
`,
  quota: `
Examples:
  market-data quota
  market-data quota --json
  market-data quota --source alpaca

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
  market-data query IBM --interval weekly --as-of 2024-01-04T12:00:00Z

A date alone is its midnight in UTC. Daily and longer bars open at midnight in New York, which is
04:00 or 05:00 in UTC, and those of pairs at midnight in UTC (Chicago, from Alpaca). A week or month
that is still going on has one bar: that of its newest date.
`,
  history: `
Examples:
  market-data history IBM --interval daily --at 2024-01-02
  market-data history AAPL --interval 5min --at 2024-01-02T14:30:00Z --json

One row a version: what the vendor said, when it was stored, and by which batch. A date alone is
its midnight in New York, where daily and longer bars open.
`,
  batches: `
Examples:
  market-data batches --limit 20
  market-data batches AAPL --json

One row a collection, failed ones too: its counts, its times, and how it ended (stored, spooled,
cached, failed or cancelled).
`,
  coverage: `
Examples:
  market-data coverage --interval daily --from 2024-01-01
  market-data coverage AAPL MSFT --interval 5min --from 2024-01-01 --to 2024-03-31
  market-data coverage AAPL --interval 5min --from 2024-01-01 --json

A map of sessions: present, confirmed empty (an answer that covered it had nothing), pending, or
unrecoverable. Derived from what is stored, the collections and the calendar; asks no vendor.
Colours on a terminal, plain signs elsewhere and with NO_COLOR. Status 1 where a session is pending
for longer than coverage.max_pending_days.
`,
  gaps: `
Examples:
  market-data gaps --interval 5min --from 2024-01-01
  market-data gaps AAPL --interval daily --from 2023-01-01 --to 2023-12-31 --json

Pending sessions that follow each other are one gap. Gaps that share a month share its calls. Asks
no vendor. Status 1 where a session is pending for longer than coverage.max_pending_days.
`,
  quarantine: `
Examples:
  market-data quarantine
  market-data quarantine --symbol AAPL --json

Rows are kept as the vendor sent them, with their score and the rules they broke.
`,
  spool: `
Examples:
  market-data spool
  market-data spool --json

While the database is away, accepted batches wait here and are stored by themselves afterwards.
Damaged entries cannot be read any more and are kept aside. Works beside a running service.
`,
  schedule: `
Examples:
  market-data schedule
  market-data schedule --json
  market-data schedule run daily

A daemon runs these tasks at their times, by the clocks of the exchange. Shows what is known of their
last runs in all replicas. Asks the daemon where one runs, and opens no database where none does.
`,
  scheduleRun: `
Examples:
  market-data schedule run daily
  market-data schedule run maintenance --json

What is due by itself stays due. Refused while a run of the task is under way. Ctrl-C cancels the run,
also in a daemon. Status: 0 all of it succeeded, 1 some failed.
`,
  health: `
Examples:
  market-data health
  market-data health --json

Asks the database and the cache; the vendor is not asked, so no call of its quota is spent.
`,
  serve: `
Examples:
  market-data serve
  market-data serve --config market-data.toml
  MARKET_DATA_HTTP__PORT=9000 market-data serve

Listens on http.host and http.port (127.0.0.1:8080) once everything is ready. What it can do is told
by http://127.0.0.1:8080/docs. Writes serve.pid, serve.address and serve.token, a token for whoever
may read it, into the data directory. Ends on Ctrl-C or SIGTERM: work under way is finished or
cancelled within http.drain_seconds. A second signal ends it at once. Status: 0 ended by a signal,
2 refused to start.
`,
  migrate: `
Examples:
  market-data migrate
  MARKET_DATA_DIR=/var/lib/market-data market-data migrate

Every command that opens the database does this by itself; running it again changes nothing.
`,
  calendar: `
Examples:
  market-data calendar XNYS --from 2026-11-23 --to 2026-12-31
  market-data calendar XHKG --from 2026-02-01 --to 2026-02-28 --json

Knows the years 1990 to 2028; hours are in UTC. Opens no database and asks nobody.
`,
  export: `
Examples:
  market-data export AAPL --interval 5min --format parquet --out ./bars
  market-data export all --interval daily --format csv --out ./bars --from 2020-01-01
  market-data export BRK/B --interval weekly --format json --out ./bars --all-versions

Raw and adjusted bars of all sources, the newest version of each bar; --all-versions writes every
stored one. One file for each source, interval, symbol and session date, or year for daily and
longer bars: source=S/interval=I/symbol=AAPL/date=2024-01-02/bars.parquet. A file is replaced
whole by the next export of its date or year; keep parts that --from or --to cut in an --out of
their own. "all" in lower case is every symbol; ALL is a symbol.
`,
  import: `
Examples:
  market-data import ./bars
  market-data import ./bars/source=alpha_vantage/interval=5min/symbol=AAPL
  market-data import monday/bars.parquet tuesday/bars.csv --json

Reads .parquet, .csv and .jsonl files that export wrote, folders with all that is in them. A file
is checked whole before any bar of it is stored; a bad one is reported and the others go on.
Importing again adds nothing. Status: 0 all files, 1 some failed.
`,
  backup: `
Examples:
  market-data backup --out ./backups/2024-01-31
  MARKET_DATA_DIR=/var/lib/market-data market-data backup --out /mnt/backups/monday

Copies the data directory into a new directory, with a checksum of every file. Nobody else may be
using the data directory meanwhile: stop the service first.
`,
  restore: `
Examples:
  market-data restore --from ./backups/2024-01-31
  MARKET_DATA_DIR=./another market-data restore --from ./backups/2024-01-31
  market-data restore --from ./backups/2024-01-31 --force

Compares every checksum before it touches anything. A data directory that is not empty is replaced
with --force only, and only once the copy beside it is whole.
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
