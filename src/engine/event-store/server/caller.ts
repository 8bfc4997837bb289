import type { Metadata } from '@grpc/grpc-js';

export interface Caller {
  readonly metadata: Metadata;
  /** Address and port of the client. */
  getPeer(): string;
}
