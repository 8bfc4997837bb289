/** Where something stands in a text: line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * What a job file says, each part with its place. A block is an object in a list, a labelled one such a list under its label:
 * `task "web" {…}` is `{task: {web: [{…}]}}`, as HCL's own form in JSON has it.
 */
export type Located = LocatedObject | LocatedList | LocatedScalar;

export interface LocatedObject {
  readonly kind: 'object';
  readonly place: Place;
  /** In the order of the text. */
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

/** A value, and where its name stands. */
export interface LocatedEntry {
  readonly place: Place;
  readonly value: Located;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Located[];
}

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
  /** Of a number: as it stands in the text, because a double cannot hold every number. */
  readonly written?: string;
  /** It holds `${…}` or `%{…}`, which nobody here evaluates. The text is as it stands there. */
  readonly interpolated?: boolean;
}

/** A value as text; a number as it was written. */
export function textOfScalar({ value, written }: LocatedScalar): string {
  return written ?? String(value);
}

/** What is wrong, and where. */
export interface JobFileProblem {
  /** Names from the outside in, such as `job.web.group.a.count`; empty: the text as a whole. */
  readonly path: string;
  readonly place: Place;
  readonly problem: string;
}

/** As compilers write it: `x.nomad.hcl:3:5: …`. `name`: the file's. */
export function problemLine(name: string, { path, place, problem }: JobFileProblem): string {
  return `${name}:${place.line}:${place.column}: ${path === '' ? '' : `${path}: `}${problem}`;
}
