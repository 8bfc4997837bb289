import { plural } from '#domain/kernel/plural.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Command } from 'commander';
import type { Finding as PlanFinding } from '#domain/kernel/finding.js';
import { checkStreamSnapshots } from '#src/engine/commands/index.js';
import { checkPlacements } from '#src/fleet/nodes/index.js';
import { verify, type Check, type Finding, type Verification } from '#src/engine/read-models/index.js';
import { checkClusterState, checkPlanLog } from '#src/fleet/scheduler/index.js';
import { secretSetting } from '#src/engine/secret-file.js';
import { FOLDS } from '#src/process/index.js';
import { Failure } from '../shared/failure.js';
import { placeOf } from './log-place.js';
import { placeOfModels } from './models-place.js';
import {
  parseFormat,
  printable,
  printJson,
  printLine,
  printLines,
  warnLine,
  type Format,
} from '../shared/output.js';
import { tableLines } from '../shared/table.js';
import { checkLog, logChecks, lostKeysCheck, type CheckedLog } from './log-checks.js';
import { checkpointFrom, keysFrom } from './tlog.js';
import { openModelView } from '#src/stores/model-storage.js';

interface VerifyOptions {
  readonly dataDir: string;
  readonly eventstore?: string;
  readonly mongodb?: string;
  readonly checkpoint?: string;
  readonly key?: string;
  readonly output: string;
}

/** `muster verify` compares the log with the signed tree, and the read models and the plan log with the log, whether or not a server is running. */
export function addVerifyCommand(program: Command, defaultDirectory: string, catalog: Catalog): void {
  program
    .command('verify')
    .description(
      'compare the log with what this data directory has signed; rebuild every read model and compare it with the live one; check the plan log and every stored state; exits 1 if something differs',
    )
    .option('--data-dir <directory>', 'directory of the embedded stores (MUSTER_DATA_DIR)', defaultDirectory)
    .option('--eventstore <url>', 'use the log in this EventStoreDB (MUSTER_EVENTSTORE_URL)')
    .option('--mongodb <url>', 'use the read models in this MongoDB (MUSTER_MONGODB_URL)')
    .option(
      '--checkpoint <file>',
      'compare the log with this signed checkpoint ("muster tlog checkpoint"), or with a directory created by "muster tlog export"',
    )
    .option(
      '--key <key>',
      'public key of the log, or a file that contains it and the witness keys, one per line; used to verify the signatures of the checkpoint',
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async (options: VerifyOptions) => {
      const format = parseFormat(options.output);
      const { checkpoint: file } = options;
      const keys = options.key === undefined ? undefined : keysFrom(options.key);
      const kept = file === undefined ? undefined : checkpointFrom(file, keys);
      if (kept !== undefined && keys === undefined)
        warnLine(`the signature of ${file} is not verified: pass --key`);
      const place = placeOfModels(options);
      const logPlace = whereTheLogIs(options);
      const store = await placeOf(logPlace, catalog).openForReading();
      try {
        const log = await checkLog(store, logChecks(options.dataDir, kept, catalog));
        if (log.findings.length > 0) {
          report(log, format);
          throw new Failure(plural(log.findings.length, 'finding'));
        }
        const checks: Check[] = [
          { name: 'plan-log', run: async (log) => (await checkPlanLog(log)).map(fromPlan) },
          {
            name: 'cluster-state',
            run: async (log) => (await checkClusterState(log, options.dataDir, catalog)).map(fromPlan),
          },
          {
            name: 'placements',
            run: async (log) => (await checkPlacements(log, options.dataDir, catalog)).map(fromPlan),
          },
          {
            name: 'stream-states',
            run: async (log) =>
              (await checkStreamSnapshots(log, options.dataDir, catalog.aggregates)).map(fromPlan),
          },
          ...(place.kind === 'sqlite' && 'dataDir' in logPlace
            ? [lostKeysCheck(options.dataDir, catalog)]
            : []),
        ];
        const result = await verify({
          eventStore: store,
          ...FOLDS,
          directory: options.dataDir,
          ...(place.kind === 'mongodb' && { openView: () => openModelView(place) }),
          mayBeUnbuilt: true,
          checks,
        });
        if (format === 'json') printJson(plain(result));
        else print(result, [...log.checks, ...checks]);
        if (!result.holds) throw new Failure(plural(result.findings.length, 'finding'));
      } finally {
        await store.close();
      }
    });
}

/** With an EventStoreDB, the directory does not contain the log, but it may still contain read models and the snapshot. */
export function whereTheLogIs({
  dataDir,
  eventstore = secretSetting('MUSTER_EVENTSTORE_URL'),
}: {
  dataDir: string;
  eventstore?: string;
}): { eventstore: string } | { dataDir: string } {
  return eventstore === undefined || eventstore === '' ? { dataDir } : { eventstore };
}

/** Reports an altered log. The read models are not compared with it, because they may be right where it is wrong. */
function report({ checks, findings }: CheckedLog, format: Format): void {
  const result: Verification = {
    holds: false,
    models: [],
    findings,
    parked: [],
    foreign: { count: 0, events: [] },
  };
  if (format === 'json') return printJson(plain(result));
  printLine('the read models are not compared: the log is not what this data directory has read');
  printChecks(result, checks);
  for (const finding of findings) printLine(printable(describe(finding)));
}

function fromPlan({ check, subject, detail }: PlanFinding): Finding {
  return { check, subject, problem: detail };
}

function print(result: Verification, checks: readonly Check[]): void {
  printLines(
    tableLines(
      ['READ MODEL', 'DOCUMENTS', 'UP TO', 'FINDINGS'],
      result.models.map((model) => [
        model.model,
        String(model.documents),
        String(model.position),
        String(model.findings),
      ]),
    ),
  );
  if (result.models.length === 0) printLine('no read models yet: a server builds them when it starts');
  printChecks(result, checks);
  for (const { model, ...document } of result.parked)
    printLine(`parked: ${model} ${printable(JSON.stringify(document))}`);
  const { count, events } = result.foreign;
  if (count > 0)
    printLine(
      `${plural(count, 'foreign event')} in Muster's streams, ignored: ${printable(events.map(({ stream, revision }) => `${stream}@${revision}`).join(', '))}${count > events.length ? ', …' : ''}`,
    );
  for (const finding of result.findings) printLine(printable(describe(finding)));
  if (result.holds) printLine('everything matches the events');
}

function printChecks({ findings }: Pick<Verification, 'findings'>, checks: readonly Check[]): void {
  for (const { name } of checks)
    printLine(`${name}: ${plural(findings.filter((finding) => finding.check === name).length, 'finding')}`);
}

function describe({ check, subject, id, problem, path, actual, expected }: Finding): string {
  const where = [subject, id].filter((part) => part !== undefined).join(' ');
  const difference = path === undefined || path === '' ? '' : ` at ${path}`;
  const values =
    actual === undefined && expected === undefined
      ? ''
      : `: is ${actual ?? 'nothing'}, but according to the events should be ${expected ?? 'nothing'}`;
  return `${check}: ${where} ${problem}${difference}${values}`;
}

/** Converts bigint positions to decimal strings. */
function plain(value: Verification): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
  ) as unknown;
}
