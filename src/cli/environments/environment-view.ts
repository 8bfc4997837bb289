import type { Conda } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { statusColumn, tableLines, timeColumn, type Look } from '../shared/table.js';

export const ENVIRONMENT_LIST: ListView<Conda['EnvironmentEntry']> = {
  headings: ['ENVIRONMENT', 'PYTHON', 'PACKAGES', timeColumn('CREATED')],
  row: ({ name, python_version: python, packages, created_at: created }) => [
    name,
    python ?? '-',
    String(packages.length),
    created,
  ],
  name: ({ name }) => name,
};

export function environmentTable(all: readonly Conda['EnvironmentEntry'][], look?: Look): string[] {
  return listLines(ENVIRONMENT_LIST, all, look);
}

export function environmentPage({
  name,
  python_version: python,
  created_at: created,
  generation,
  backend,
  usage_stats: use,
  packages,
}: Conda['EnvironmentDetail']): string[] {
  return [
    ...fieldLines([
      ['Environment', name],
      ['Generation', String(generation)],
      ['Python', python ?? '-'],
      ['Solved by', backend],
      ['On disk', `${use.disk_usage} GB`],
      ['Created', created],
    ]),
    '',
    ...tableLines(
      ['PACKAGE', 'VERSION'],
      packages.map((each) => [each.name, each.version]),
    ),
  ];
}

export function generationTable({ generations }: Conda['GenerationList'], look?: Look): string[] {
  return tableLines(
    ['GENERATION', 'CURRENT', 'PYTHON', 'PACKAGES', 'DISK GB', timeColumn('CREATED'), 'HASH'],
    generations.map(
      ({
        generation,
        current,
        python_version: python,
        package_count: count,
        disk_usage: disk,
        created_at: created,
        hash,
      }) => [
        String(generation),
        current ? 'yes' : '',
        python ?? '-',
        String(count),
        disk === null ? '-' : String(disk),
        created,
        hash.slice(0, 12),
      ],
    ),
    look,
  );
}

export function differenceLines(difference: Conda['GenerationDifference']): string[] {
  return changeLines(
    difference,
    `Generations ${difference.from} and ${difference.to} have the same packages`,
  );
}

export function changeLines(
  { added, removed, changed }: Pick<Conda['GenerationDifference'], 'added' | 'removed' | 'changed'>,
  none: string,
): string[] {
  const lines = [
    ...removed.map(({ name, version }) => `- ${name} ${version}`),
    ...added.map(({ name, version }) => `+ ${name} ${version}`),
    ...changed.map((each) => `~ ${each.name} ${each.from} → ${each.to}`),
  ];
  return lines.length > 0 ? lines : [none];
}

export function buildTable({ builds }: Conda['BuildList'], look?: Look): string[] {
  return tableLines(
    [
      'BUILD',
      'KIND',
      statusColumn('STATUS'),
      'PACKAGES',
      timeColumn('REQUESTED'),
      timeColumn('ENDED'),
      'FAILED AT',
    ],
    builds.map(
      ({
        build,
        kind,
        status,
        asked,
        requested_at: requested,
        ended_at: ended,
        step,
        failed_packages: failed,
      }) => [
        String(build),
        kind,
        status,
        short(asked.join(' ')),
        requested,
        ended ?? '-',
        [step ?? '-', ...failed.map(({ name }) => name)].join(' '),
      ],
    ),
    look,
  );
}

const MAX_WIDTH = 40;
function short(text: string): string {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
}
