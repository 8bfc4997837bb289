import { textOfScalar, type Located, type LocatedEntry, type LocatedObject } from './located.js';

const NAMES: Readonly<Record<string, string>> = {
  TaskGroups: 'group',
  Tasks: 'task',
  Constraints: 'constraint',
  Networks: 'network',
  Services: 'service',
  Checks: 'check',
  Volumes: 'volume',
  VolumeMounts: 'volume_mount',
  RestartPolicy: 'restart',
  ReschedulePolicy: 'reschedule',
  MigrateStrategy: 'migrate',
  Affinities: 'affinity',
  Spreads: 'spread',
  Templates: 'template',
  Artifacts: 'artifact',
  Devices: 'device',
  ParameterizedJob: 'parameterized',
  CPU: 'cpu',
  MemoryMB: 'memory',
  DiskMB: 'disk',
  SizeMB: 'size',
  LTarget: 'attribute',
  RTarget: 'value',
  Operand: 'operator',
  PortLabel: 'port',
  TaskName: 'task',
};

const LABELLED = ['group', 'task'];
const AS_WRITTEN = ['config', 'env', 'meta'];
const SERVER_FIELDS = [
  'status',
  'status_description',
  'stable',
  'version',
  'submit_time',
  'create_index',
  'modify_index',
  'job_modify_index',
  'version_tag',
  'ui',
];

/**
 * Converts a job in the format of Nomad's API (`nomad job inspect`, `nomad job run -output`) to the format of a job file. Returns undefined if it is
 * not in that format.
 */
export function apiForm(file: LocatedObject): LocatedObject | undefined {
  const wrapped = file.entries.get('Job');
  const job = wrapped?.value ?? (file.entries.has('TaskGroups') ? file : undefined);
  if (job?.kind !== 'object') return undefined;
  const place = wrapped?.place ?? file.place;
  const value = without(translatedObject(job), SERVER_FIELDS);
  const labelled = object(place, [[textOf(job, 'ID'), { place, value }]]);
  const others = [...file.entries].filter(([name]) => wrapped !== undefined && name !== 'Job');
  return object(file.place, [['job', { place, value: labelled }], ...others]);
}

function translated(value: Located): Located {
  if (value.kind === 'scalar') return value;
  if (value.kind === 'list') return { ...value, items: value.items.map(translated) };
  return translatedObject(value);
}

function translatedObject(value: LocatedObject): LocatedObject {
  const entries: [string, LocatedEntry][] = [];
  const ports: [string, LocatedEntry][] = [];
  for (const [name, { place, value: inner }] of value.entries) {
    const written = NAMES[name] ?? snake(name);
    if (name === 'DynamicPorts' || name === 'ReservedPorts')
      ports.push(...portBlocks(inner, name === 'ReservedPorts'));
    else
      entries.push([
        written,
        {
          place,
          value: AS_WRITTEN.includes(written)
            ? inner
            : LABELLED.includes(written)
              ? byName(translated(inner))
              : translated(inner),
        },
      ]);
  }
  const [first] = ports;
  if (first !== undefined)
    entries.push(['port', { place: first[1].place, value: object(first[1].place, ports) }]);
  return object(value.place, entries);
}

function byName(value: Located): Located {
  if (value.kind !== 'list') return value;
  const blocks = value.items.flatMap((item): [string, LocatedEntry][] => {
    if (item.kind !== 'object') return [];
    return [[textOf(item, 'name'), { place: item.place, value: without(item, ['name']) }]];
  });
  return object(value.place, blocks);
}

function portBlocks(value: Located, reserved: boolean): [string, LocatedEntry][] {
  if (value.kind !== 'list') return [];
  return value.items.flatMap((item): [string, LocatedEntry][] => {
    if (item.kind !== 'object') return [];
    const entries = [...item.entries].flatMap(([name, entry]): [string, LocatedEntry][] => {
      if (name === 'Label' || (name === 'Value' && !reserved)) return [];
      if (name === 'HostNetwork' && textOf(item, name) === 'default') return [];
      return [[name === 'Value' ? 'static' : snake(name), entry]];
    });
    return [[textOf(item, 'Label'), { place: item.place, value: object(item.place, entries) }]];
  });
}

function object(place: LocatedObject['place'], entries: readonly [string, LocatedEntry][]): LocatedObject {
  const merged = new Map<string, LocatedEntry>();
  for (const [name, entry] of entries) {
    const former = merged.get(name);
    // Duplicates are retained, so that the reader can report them.
    merged.set(
      name,
      former === undefined
        ? entry
        : {
            place: former.place,
            value: { kind: 'list', place: former.place, items: [former.value, entry.value] },
          },
    );
  }
  return { kind: 'object', place, entries: merged };
}

function without(item: LocatedObject, names: readonly string[]): LocatedObject {
  return { ...item, entries: new Map([...item.entries].filter(([name]) => !names.includes(name))) };
}

function textOf(item: LocatedObject, name: string): string {
  const value = item.entries.get(name)?.value;
  return value?.kind === 'scalar' ? textOfScalar(value) : '';
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
