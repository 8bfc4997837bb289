import type { z } from 'zod';
import { deepestIssue } from './deepest-issue.js';

export function describeIssue(issues: readonly z.core.$ZodIssue[]): {
  readonly field: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly problem: string;
} {
  const issue = deepestIssue(issues[0]);
  if (issue === undefined) return { field: undefined, path: [], problem: 'is not valid' };
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  return { field: path.length === 0 ? undefined : fieldName(path), path, problem: problemOf(issue) };
}

function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not a known key';
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}
