export function changesText(
  changes: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[],
): string {
  return changes.length === 0
    ? '-'
    : changes.map(({ path, before, after }) => `${path}: ${before ?? '-'} → ${after ?? '-'}`).join('; ');
}
