import type { Agent as WholeAgent, buildConnector as wholeBuildConnector } from 'undici';
// Commands of the command line take as long to load the whole package, with its WebSockets, caches and mocks, as for all other work.
// @ts-expect-error The package has types only for the whole.
import agent from 'undici/lib/dispatcher/agent.js';
// @ts-expect-error The package has types only for the whole.
import connect from 'undici/lib/core/connect.js';

/** Connections for `fetch`. Its own methods, such as `request`, exist only where the whole package is imported. */
export const Agent = agent as typeof WholeAgent;
export const buildConnector = connect as typeof wholeBuildConnector;
