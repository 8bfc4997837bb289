import { createServer, type Server } from 'node:http';

/**
 * The official .NET client falls back to EventStoreDB's HTTP API for calls that ServerFeatures does not list, and shows the status. curl and browsers
 * show the text.
 */
const NOT_IMPLEMENTED = 501;
const TEXT = `This event store serves only gRPC over HTTP/2. It does not support HTTP/1.1.
It has no persistent subscriptions, projections, users or statistics, and no HTTP API.
Use an EventStoreDB client to read, append and subscribe.
`;

/** Refuses each HTTP/1.1 request with an explanation. The server does not listen; the caller emits connections to it. */
export function httpRefusals(): Server {
  return createServer((request, response) => {
    // Closing a connection with unread bytes resets it, so the client may lose the response.
    request.resume().once('end', () => {
      response
        .writeHead(NOT_IMPLEMENTED, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(TEXT);
    });
  });
}
