import { intervals } from '@quantumtrade/shared-types';
import { Command, Option } from 'commander';
import { version } from '../version.ts';
import { addCollectCommands } from './collect-commands.ts';
import type { Execution, RunOptions } from './command-context.ts';
import { addFileCommands } from './file-commands.ts';
import { helpTexts } from './help.ts';
import { addJobCommands } from './job-commands.ts';
import { oneLine } from './output.ts';
import { addReadCommands } from './read-commands.ts';
import { addServiceCommands } from './service-commands.ts';

const longestComplaint = 300;

/** The command line: every command with its options and its help. */
export function createProgram({ streams, signal, environment }: RunOptions, execution: Execution): Command {
  const interval = (): Option =>
    new Option('--interval <interval>', 'length of a bar').choices([...intervals]).makeOptionMandatory();
  const source = (): Option =>
    new Option('--source <vendor>', 'alpha_vantage or alpaca, instead of the configured one');
  const program = new Command('market-data')
    .description('Collects market data, scores every bar and keeps it in ClickHouse.')
    .version(version)
    .option('--config <file>', 'TOML, YAML or JSON file with settings')
    .configureOutput({
      writeOut: (text) => void streams.out.write(text),
      writeErr: (text) => void streams.error.write(text),
      outputError: (text, writeText) => writeText(`${usageError(text)}\n`),
    })
    .exitOverride()
    .showSuggestionAfterError(true)
    .addHelpText('after', helpTexts.program)
    .configureHelp({ showGlobalOptions: true });

  const context = { ...execution, streams, signal, environment, interval, source };
  addCollectCommands(program, context);
  addJobCommands(program, context);
  addReadCommands(program, context);
  addFileCommands(program, context);
  addServiceCommands(program, context);
  return program;
}

/** The parser's complaint as one short line, whatever was typed. */
function usageError(text: string): string {
  const [complaint = '', suggestion] = text.trim().split(/\s*\n\(Did you mean (.+)\?\)$/);
  const line = oneLine(complaint.replace(/\.$/, ''));
  const shown = line.length > longestComplaint ? `${line.slice(0, longestComplaint)}…` : line;
  return `${shown}${suggestion === undefined ? '' : `: did you mean ${suggestion}?`} (see --help)`;
}
