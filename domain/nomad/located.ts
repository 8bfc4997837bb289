/** Position in a text: line and column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * A job file's values with their positions. A block is an object in a list, and labelled blocks are lists under their
 * label: `task "web" {…}` is `{task: {web: [{…}]}}`, as in HCL's JSON form.
 */
export type Located = LocatedObject | LocatedList | LocatedScalar;

export interface LocatedObject {
  readonly kind: 'object';
  readonly place: Place;
  /** In the order of the text. */
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

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
  /** A number as written, because a double cannot represent every number. */
  readonly written?: string;
  /** Contains `${…}` or `%{…}`, which Muster does not evaluate. */
  readonly interpolated?: boolean;
}

export function textOfScalar({ value, written }: LocatedScalar): string {
  return written ?? String(value);
}

export interface JobFileProblem {
  /** Path such as `job.web.group.a.count`; empty: the whole text. */
  readonly path: string;
  readonly place: Place;
  readonly problem: string;
}

/** Formats a problem like compilers do: `x.nomad.hcl:3:5: …`. */
export function problemLine(name: string, { path, place, problem }: JobFileProblem): string {
  return `${name}:${place.line}:${place.column}: ${path === '' ? '' : `${path}: `}${problem}`;
}
