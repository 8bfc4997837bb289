/** Filters and sorts rows. Each word must occur in the row, or in the named column (`role:admin`). `-name` sorts in descending order. */
export function narrowed<Row extends object>(
  rows: readonly Row[],
  filter: string,
  sort: string | undefined,
): readonly Row[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matching = rows.filter((row) => words.every((word) => matches(row, word)));
  if (sort === undefined) return matching;
  const column = sort.replace(/^-/, '');
  const sign = sort.startsWith('-') ? -1 : 1;
  return matching.toSorted((one, other) => sign * compared(field(one, column), field(other, column)));
}

function matches(row: object, word: string): boolean {
  const [, column = '', value = ''] = /^(\w+):(.+)$/.exec(word) ?? [];
  if (column in row) return text(field(row, column)).includes(value);
  return Object.values(row).some((each) => text(each).includes(word));
}

function field(row: object, name: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[name];
}

function text(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toLowerCase();
}

function compared(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return text(one).localeCompare(text(other), 'en');
}
