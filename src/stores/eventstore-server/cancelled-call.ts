import type { ServerReadableStream } from '@grpc/grpc-js';

interface Inner {
  readonly call?: {
    readonly stream?: { readonly closed: boolean; readonly destroyed: boolean; readonly aborted: boolean };
  };
}

/**
 * Whether the client disconnected before completing its request. grpc-js reports any end of the HTTP/2 stream as the regular end of the messages, and
 * drops unread ones. Only the stream shows the difference: while the client is connected, it stays open until the response.
 */
export function isCancelled<Request, Response>(call: ServerReadableStream<Request, Response>): boolean {
  const { stream } = (call as unknown as Inner).call ?? {};
  if (stream === undefined)
    throw new Error(
      'this version of grpc-js does not expose the HTTP/2 stream of a call, so an aborted message stream cannot be distinguished from a complete one',
    );
  return call.cancelled || stream.aborted || stream.closed || stream.destroyed;
}
