import type { AnyErrorCode } from '#domain/kernel/errors/index.js';

/**
 * Ends a command with a message on stderr and an exit status. 1: failed. 2: accepted but not placed, as
 * `nomad job run`. 3: tasks differ from the files. 124: timed out.
 */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** The server refused the request. */
export class Refusal extends Failure {
  constructor(
    message: string,
    readonly httpStatus: number,
    /** Undefined if the server sent none, or one that this version does not know. */
    readonly code: AnyErrorCode | undefined,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.httpStatus === 502 || this.httpStatus === 503 || this.httpStatus === 429;
  }
}

/** The job was accepted but cannot be placed now. */
export const EXIT_NOT_PLACED = 2;
/** `--dry-run` found differences. */
export const EXIT_DIFFERS = 3;
/** `job plan`, as Nomad's: allocations would start, stop or wait. 255: the plan failed. */
export const EXIT_PLAN_CHANGES = 1;
export const EXIT_PLAN_FAILED = 255;
export const EXIT_TIMEOUT = 124;
/** Ctrl-C at a prompt. */
export const EXIT_STOPPED = 130;
