import type { Metadata } from '@grpc/grpc-js';

/** The part of a call that says who makes it. */
export interface Caller {
  readonly metadata: Metadata;
  /** Address and port that it comes from. */
  getPeer(): string;
}
