import type { AnyErrorCode } from '#domain/errors/index.js';

/** Ends a command with a message on stderr and an exit status. 1: it failed. 2: it was taken, but could not be placed (as `nomad job run`). 3: what is there differs from the files. 124: time ran out. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** The server answered, and refused. */
export class Refusal extends Failure {
  constructor(
    message: string,
    readonly httpStatus: number,
    /** Absent: the server named none that this version knows. */
    readonly code: AnyErrorCode | undefined,
  ) {
    super(message);
  }

  /** The same question can be answered later. */
  get isPassing(): boolean {
    return this.httpStatus === 502 || this.httpStatus === 503 || this.httpStatus === 429;
  }
}

/** The job was accepted, and cannot be placed now. */
export const EXIT_NOT_PLACED = 2;
/** `--dry-run` found differences. */
export const EXIT_DIFFERS = 3;
/** Of `job plan`, as Nomad's: allocations would begin, end or wait; 255: nothing could be told. */
export const EXIT_PLAN_CHANGES = 1;
export const EXIT_PLAN_FAILED = 255;
export const EXIT_TIMEOUT = 124;
/** Ctrl-C, where something was to be typed. */
export const EXIT_STOPPED = 130;
