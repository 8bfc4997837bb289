import type { Metadata } from '@grpc/grpc-js';

export interface Caller {
  readonly metadata: Metadata;
  getPeer(): string;
}
