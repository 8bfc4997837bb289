/** Position in a text: 1-based line and column. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * A job file's values with their positions. A block is an object in a list. Labelled blocks are lists under their label: `task "web" {…}` is `{task:
 * {web: [{…}]}}`, as in HCL's JSON format.
 */
export type Located = LocatedObject | LocatedList | LocatedScalar;

export interface LocatedObject {
  readonly kind: 'object';
  readonly place: Place;
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
  readonly path: string;
  readonly place: Place;
  readonly problem: string;
  /** The field changes nothing in Muster, so a caller may accept the job without it. */
  readonly isHarmless?: true;
}

/** Formats a problem as compilers do: `x.nomad.hcl:3:5: …`. */
export function problemLine(name: string, { path, place, problem }: JobFileProblem): string {
  return `${name}:${place.line}:${place.column}: ${path === '' ? '' : `${path}: `}${problem}`;
}
