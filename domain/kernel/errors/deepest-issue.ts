import type { z } from 'zod';

/** Returns the issue to report. For a union, this is the issue of the branch that matched furthest. */
export function deepestIssue(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const branches = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .sort((a, b) => b.path.length - a.path.length);
  const furthest = branches[0];
  if (furthest === undefined || furthest.path.length === 0) {
    // If no branch matches the type of the value, the union's own issue names all types.
    return furthest === undefined || branches.every(({ code }) => code === 'invalid_type')
      ? issue
      : { ...(deepestIssue(furthest) ?? furthest), path: [...issue.path, ...furthest.path] };
  }
  const inner = deepestIssue(furthest) ?? furthest;
  return { ...inner, path: [...issue.path, ...inner.path] };
}
