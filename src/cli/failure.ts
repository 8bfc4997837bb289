/** Ends a command with a message on stderr and an exit status. 1: it failed. 2: it was taken, but could not be placed (as `nomad job run`). 124: time ran out. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** The job was accepted, and cannot be placed now. */
export const EXIT_NOT_PLACED = 2;
export const EXIT_TIMEOUT = 124;
