import type { AnyErrorCode } from '#domain/kernel/errors/index.js';

/**
 * Ends a command with a message on stderr and an exit status: 1 if it failed, 2 if a job was accepted but not placed (like `nomad job run`), 3 if
 * tasks differ from the files, 124 if it timed out.
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

/** Sets the exit status of failures of `work`. */
export async function failingAs<Result>(status: number, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? new Failure(error.message, status) : error;
  }
}

/** Thrown if the server refuses the request. */
export class Refusal extends Failure {
  constructor(
    message: string,
    readonly httpStatus: number,
    /** Undefined if the server did not send a code, or sent one that is unknown to this version. */
    readonly code: AnyErrorCode | undefined,
  ) {
    super(message);
  }

  get isPassing(): boolean {
    return this.httpStatus === 502 || this.httpStatus === 503 || this.httpStatus === 429;
  }
}

/** Exit status if the job was accepted but cannot be placed now. */
export const EXIT_NOT_PLACED = 2;
export const EXIT_DIFFERS = 3;
/** Exit status of `job plan` (like Nomad's) and `what-if`: allocations would start, stop or wait. 255 means that the plan failed. */
export const EXIT_PLAN_CHANGES = 1;
export const EXIT_PLAN_FAILED = 255;
export const EXIT_TIMEOUT = 124;
export const EXIT_STOPPED = 130;
