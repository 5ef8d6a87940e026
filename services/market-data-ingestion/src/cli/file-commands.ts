import { barFileFormats } from '@quantumtrade/database-abstraction';
import { type Command, Option } from 'commander';
import { type BackupCommandOptions, backup } from './backup.ts';
import type { CommandContext } from './command-context.ts';
import { type ExportOptions, exportBars } from './export.ts';
import { helpTexts } from './help.ts';
import { importBars } from './import.ts';
import { type RestoreCommandOptions, restore } from './restore.ts';

/** Adds the commands between the data directory and files. */
export function addFileCommands(program: Command, context: CommandContext): void {
  const { execute, interval, streams, signal } = context;
  program
    .command('export')
    .description('write stored bars to files')
    .argument('<symbol|all>', 'one symbol, or all')
    .addOption(interval())
    .addOption(new Option('--format <format>', 'of the files').choices(barFileFormats).makeOptionMandatory())
    .requiredOption('--out <dir>', 'directory of the files; made where needed')
    .option('--source <source>', 'of one source')
    .option('--from <ISO>', 'first open time; UTC without an offset')
    .option('--to <ISO>', 'last open time; UTC without an offset')
    .option('--all-versions', 'every stored version of a bar')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.export)
    .action((symbol: string, options: ExportOptions) =>
      execute('export', (application) => exportBars(application, streams, symbol, options, signal)),
    );
  program
    .command('import')
    .description('store bars from files that export wrote')
    .argument('<path...>', 'files, or folders of them')
    .option('--json', 'print a JSON array')
    .addHelpText('after', helpTexts.import)
    .action((paths: string[], options: { json?: boolean }) =>
      execute('import', (application) => importBars(application, streams, paths, options, signal)),
    );
  program
    .command('backup')
    .description('copy the data directory, with checksums')
    .requiredOption('--out <dir>', 'directory of the backup; must not be there yet')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.backup)
    .action((options: BackupCommandOptions) =>
      execute('backup', (application) => backup(application, streams, options, signal)),
    );
  program
    .command('restore')
    .description('bring a data directory back from a backup')
    .requiredOption('--from <dir>', 'directory of the backup')
    .option('--force', 'replace a data directory that is not empty')
    .option('--json', 'print a JSON object')
    .addHelpText('after', helpTexts.restore)
    .action((options: RestoreCommandOptions) =>
      execute('restore', (application) => restore(application, streams, options, signal)),
    );
}
