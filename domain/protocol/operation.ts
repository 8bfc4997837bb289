import type { z } from 'zod';
import type { NodeChannel } from './channels.js';

/** How an operation is requested over HTTP. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: `/${string}`;
  readonly document?: RouteDocument;
}

export interface RouteDocument {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: { readonly description: string } & (
    { readonly schema: z.ZodType } | { readonly media: Readonly<Record<string, string>> }
  );
  readonly errors: readonly number[];
}

/** How an operation is requested over NATS, on the node's channel with this name. */
export interface NatsRequest {
  readonly channel: NodeChannel;
  readonly message: z.ZodObject;
  /** Distinguishes the message from the others of its channel, if the channel has several. */
  readonly word?: string;
  /** Undefined if the response is raw bytes. */
  readonly answer?: z.ZodType | undefined;
  readonly answerName: string;
}

/** A request between servers and agents, over HTTP, NATS or both. */
export interface AgentOperation {
  readonly http?: HttpRoute;
  readonly nats?: NatsRequest;
}

type Table = Readonly<Record<string, AgentOperation>>;

export type OverHttp<Operations extends Table> = {
  [Name in keyof Operations]: Operations[Name] extends { readonly http: HttpRoute } ? Name : never;
}[keyof Operations];

export type OverNats<Operations extends Table> = {
  [Name in keyof Operations]: Operations[Name] extends { readonly nats: NatsRequest } ? Name : never;
}[keyof Operations];

/** A message that requests the operation, after its validation. */
export type MessageOf<Operation> = Operation extends {
  readonly nats: { readonly message: infer Message extends z.ZodType };
}
  ? z.infer<Message>
  : never;

/** Returns the path of a route with its parameters filled in and encoded. */
export function pathOf({ path }: HttpRoute, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replace(/:(\w+)/g, (_, param: string) => {
    const value = params[param];
    if (typeof value !== 'string') throw new Error(`${path} needs ${param}`);
    return encodeURIComponent(value);
  });
}
