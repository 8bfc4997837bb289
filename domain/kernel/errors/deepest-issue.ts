import type { z } from 'zod';

/** Returns the issue to report. For a union, this is the issue of the branch that matched furthest. */
export function deepestIssue(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const branches = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .sort((a, b) => b.path.length - a.path.length);
  const furthest = branches[0];
  if (furthest === undefined || furthest.path.length === 0) {
    const expected = branches.flatMap((each) => (each.code === 'invalid_type' ? [each.expected] : []));
    return expected.length === branches.length && expected.length > 0
      ? { ...issue, message: `expected ${[...new Set(expected)].join(' or ')}` }
      : furthest === undefined
        ? issue
        : { ...(deepestIssue(furthest) ?? furthest), path: [...issue.path, ...furthest.path] };
  }
  const inner = deepestIssue(furthest) ?? furthest;
  return { ...inner, path: [...issue.path, ...inner.path] };
}
