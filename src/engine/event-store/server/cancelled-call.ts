import type { ServerReadableStream } from '@grpc/grpc-js';

/** What grpc-js keeps of a call and does not show. */
interface Inner {
  readonly call?: { readonly stream?: { readonly closed: boolean; readonly destroyed: boolean; readonly aborted: boolean } };
}

/**
 * Whether the client was gone before it had said all: its messages end as if it had, for grpc-js takes any end of the HTTP/2 stream for the client's
 * own, and drops what had come and was not read. Only that stream tells: while its client is there it stays open until it is answered.
 */
export function isCancelled<Request, Response>(call: ServerReadableStream<Request, Response>): boolean {
  const { stream } = (call as unknown as Inner).call ?? {};
  if (stream === undefined)
    throw new Error('grpc-js keeps the HTTP/2 stream of a call elsewhere than it did: it is not known whether a message stream was ended or broken off');
  return call.cancelled || stream.aborted || stream.closed || stream.destroyed;
}
