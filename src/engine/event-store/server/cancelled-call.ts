import type { ServerReadableStream } from '@grpc/grpc-js';

interface Inner {
  readonly call?: {
    readonly stream?: { readonly closed: boolean; readonly destroyed: boolean; readonly aborted: boolean };
  };
}

/**
 * Whether the client has disconnected before completing its request. grpc-js reports any end of the HTTP/2 stream as the regular end of messages, and
 * drops unread ones. Only the stream itself tells: while its client is connected it stays open until the response.
 */
export function isCancelled<Request, Response>(call: ServerReadableStream<Request, Response>): boolean {
  const { stream } = (call as unknown as Inner).call ?? {};
  if (stream === undefined)
    throw new Error(
      'grpc-js keeps the HTTP/2 stream of a call elsewhere than it did: it is not known whether a message stream was ended or broken off',
    );
  return call.cancelled || stream.aborted || stream.closed || stream.destroyed;
}
