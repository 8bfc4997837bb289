export interface Difference {
  readonly path: string;
  readonly actual: string | undefined;
  readonly expected: string | undefined;
}

const SHOWN = 200;

/** Returns the first difference between two JSON values in sorted key order, or undefined if they are equal. Ignores the order of object keys. */
export function firstDifference(actual: unknown, expected: unknown, path = ''): Difference | undefined {
  if (actual === expected) return undefined;
  if (!isContainer(actual) || !isContainer(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return { path, actual: shown(actual), expected: shown(expected) };
  }
  const keys = [...new Set([...Object.keys(actual), ...Object.keys(expected)])].sort();
  for (const key of keys) {
    const difference = firstDifference(
      actual[key],
      expected[key],
      `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
