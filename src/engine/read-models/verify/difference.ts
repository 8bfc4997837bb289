export interface Difference {
  /** JSON pointer (RFC 6901) to the first difference. */
  readonly path: string;
  /** JSON texts; undefined if there is no value. */
  readonly actual: string | undefined;
  readonly expected: string | undefined;
}

const SHOWN = 200;

/** The first difference of two JSON values in the order of sorted keys, or undefined. The order of an object's keys is ignored. */
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
