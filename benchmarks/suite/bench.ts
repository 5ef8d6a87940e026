/**
 * The benchmark suite: `pnpm bench --help` tells what it measures. Ends with status 1 when a route did not store what it
 * should have, and with status 2 for options that there are not.
 */
import { rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ingestion } from './cases/ingestion.ts';
import { memoryUse } from './cases/memory.ts';
import { parsing } from './cases/parsing.ts';
import { profileStages, type StageProfile } from './cases/profile.ts';
import { reads } from './cases/reads.ts';
import { scaling } from './cases/scaling.ts';
import { helpText } from './cli/help.ts';
import { type BenchOptions, type CaseName, readOptions, UsageError } from './cli/options.ts';
import { Lab } from './lab.ts';
import { fullPlan, quickPlan } from './plan.ts';
import { shortNumber } from './report/chart.ts';
import { intoDocument } from './report/document.ts';
import { type BenchResult, type CaseResult, caseOf, ratiosOf, readCase, timedCase } from './report/result.ts';
import { resultChart } from './report/result-chart.ts';
import { scalingText } from './report/scaling-text.ts';
import { resultText } from './report/tables.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const defaultOutput = join(here, '../results');
const docs = join(here, '../../docs');

/** Progress goes to standard error: standard output is the tables. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(helpText());
  else await run(options);
} catch (error) {
  const usage = error instanceof UsageError;
  say(`bench: ${(error as Error).message}${usage ? '; pnpm bench --help tells more' : ''}`);
  process.exitCode = usage ? 2 : 1;
}

async function run(options: BenchOptions): Promise<void> {
  const output = resolve(options.output ?? defaultOutput);
  await mkdir(output, { recursive: true });
  const lab = await Lab.open();
  // A run that is broken off leaves nothing behind; the other processes end when this one does.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      rmSync(lab.engine.scratch, { recursive: true, force: true });
      // Nobody listens to it any more: it ends the process at once, with an engine that is still at work.
      process.kill(process.pid, signal);
    });
  }
  try {
    if (options.scaling) {
      const points = await scaling(lab, options.stored, (what) => say(`… ${what}`));
      process.stdout.write(scalingText(points));
      await writeFile(join(output, 'scaling.json'), `${JSON.stringify(points, undefined, 2)}\n`);
      if (options.docs) await document('scaling', scalingText(points));
      return;
    }
    const result = await measure(lab, options);
    process.stdout.write(resultText(result));
    if (options.filtered) {
      say('nothing is written: a part was left out');
      return;
    }
    await writeFile(join(output, 'latest.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    await writeFile(join(output, 'latest.svg'), resultChart(result));
    if (options.docs) {
      await writeFile(join(docs, 'performance.svg'), resultChart(result));
      await document('run', resultText(result));
    }
    say(`written: ${join(output, 'latest.json')} and latest.svg`);
  } finally {
    await lab.close();
  }
}

/** Puts figures into the page of the documentation that shows them. */
async function document(part: 'run' | 'scaling', text: string): Promise<void> {
  const page = join(docs, 'performance.md');
  await writeFile(page, intoDocument(await readFile(page, 'utf8'), part, text));
}

async function measure(lab: Lab, options: BenchOptions): Promise<BenchResult> {
  const plan = options.quick ? quickPlan : fullPlan;
  const wanted = (name: CaseName): boolean => options.cases.includes(name);
  const [loadBefore = 0] = loadavg();
  const cases: CaseResult[] = [];
  const profiles: StageProfile[] = [];
  const skipped: string[] = [];

  for (const { routes, ...load } of plan.loads) {
    if (!wanted(load.name as CaseName)) continue;
    const chosen = options.routes.flatMap((name) => (routes[name] === undefined ? [] : [{ name, ...routes[name] }]));
    say(`… ${load.name}: ${chosen.map(({ name }) => name).join(', ')}`);
    cases.push(...(await ingestion(lab, load, chosen)).map(caseOf));
  }
  if (wanted('reads')) {
    const name = `reads over ${shortNumber(options.stored)} rows`;
    say(`… ${name}`);
    const measured = await reads(lab, { case: name, stored: options.stored, reads: plan.reads });
    cases.push(...measured.map(readCase));
  }
  for (const settings of wanted('parse') ? plan.parsing : []) {
    say(`… ${settings.case}`);
    const measured = await parsing(lab, settings, (what) => skipped.push(`${settings.case}, ${what}`));
    cases.push(...measured.map(timedCase));
  }
  for (const settings of wanted('profile') ? plan.profile : []) {
    say(`… ${settings.case}`);
    profiles.push(await profileStages(lab, settings));
  }
  const { bars, batch } = plan.memory;
  if (wanted('memory')) say(`… memory over ${shortNumber(bars)} bars`);
  const memory = wanted('memory') ? await memoryUse(lab, bars, batch) : undefined;

  const [loadAfter = 0] = loadavg();
  // Many small payloads are not measured by every route: their speed counts, not a ratio.
  const sizes = plan.loads.filter(({ name, symbols }) => symbols === 1 && wanted(name as CaseName));
  return {
    measuredAt: new Date().toISOString(),
    mode: options.quick ? 'quick' : 'full',
    machine: {
      node: process.versions.node,
      processor: cpus()[0]?.model ?? 'unknown processor',
      cores: availableParallelism(),
      loadBefore,
      loadAfter,
    },
    cases,
    ratios: Object.fromEntries(sizes.map(({ name }) => [name, ratiosOf(cases, name)])),
    fastestRatios: Object.fromEntries(sizes.map(({ name }) => [name, ratiosOf(cases, name, 'max')])),
    profiles,
    memory,
    skipped,
  };
}
