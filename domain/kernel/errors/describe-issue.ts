import type { z } from 'zod';
import { deepestIssue } from './deepest-issue.js';
import { issueProblem } from './issue-words.js';

export interface DescribedIssue {
  readonly field: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/** Describes all issues, and each unknown key. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): DescribedIssue[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => describeIssue([{ ...issue, keys: [key] }]))
      : [describeIssue([issue])],
  );
}

/** Describes the first issue. */
export function describeIssue(issues: readonly z.core.$ZodIssue[]): DescribedIssue {
  const issue = deepestIssue(issues[0]);
  if (issue === undefined) return { field: undefined, path: [], problem: 'is not valid' };
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  return { field: path.length === 0 ? undefined : fieldName(path), path, problem: issueProblem(issue) };
}

/** Writes a path as users read it: `tasks[0].env`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
