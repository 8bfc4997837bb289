import { createServer, type Server } from 'node:http';

/**
 * The official .NET client falls back to EventStoreDB's HTTP API for calls that ServerFeatures does not list, and shows the status. curl and browsers
 * show the text.
 */
const NOT_IMPLEMENTED = 501;
const TEXT = `This event store serves gRPC over HTTP/2, and nothing over HTTP/1.1.
There are no persistent subscriptions, projections, users or statistics here, and no HTTP API.
Read, append and subscribe with a client of EventStoreDB.
`;

/** Refuses each HTTP/1.1 request with an explanation. It does not listen: connections are emitted to it. */
export function httpRefusals(): Server {
  return createServer((request, response) => {
    // Closing a connection with unread bytes resets it, and the client may lose the response.
    request.resume().once('end', () => {
      response
        .writeHead(NOT_IMPLEMENTED, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(TEXT);
    });
  });
}
