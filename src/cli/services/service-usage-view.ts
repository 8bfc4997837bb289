import type { Services } from '../shared/client.js';
import { idColumn, tableLines, timeColumn, type Look } from '../shared/table.js';

const MEBIBYTE = 1_048_576;

/** Shows the current, mean and highest usage of each instance during the last hour, or why there is none. */
export function usageTable({ instances }: Services['ServiceUsage'], look?: Look): string[] {
  return tableLines(
    [
      'INSTANCE',
      idColumn('NODE'),
      'CPU',
      'MEAN',
      'HIGHEST',
      'MEMORY',
      'MEAN',
      'HIGHEST',
      timeColumn('SINCE'),
    ],
    instances.map(({ allocation_id: instance, node_id: node, points, problem }) => [
      instance.slice(0, 8),
      node,
      ...figures(
        points.flatMap(({ cpu_usage: cpu }) => cpu ?? []),
        percent,
      ),
      ...figures(
        points.flatMap(({ memory_usage: memory }) => memory ?? []),
        mebibytes,
      ),
      points[0]?.at ?? problem ?? 'not measured yet',
    ]),
    look,
  );
}

function figures(values: readonly number[], text: (value: number) => string): string[] {
  const newest = values.at(-1);
  if (newest === undefined) return ['-', '-', '-'];
  return [newest, values.reduce((sum, value) => sum + value, 0) / values.length, Math.max(...values)].map(
    text,
  );
}

const percent = (value: number): string => `${value.toFixed(1)} %`;
const mebibytes = (value: number): string => `${(value / MEBIBYTE).toFixed(1)} MiB`;
