import type { buildConnector as wholeBuildConnector } from 'undici';
// The whole package, with its WebSockets, caches and mocks, takes long to load.
// @ts-expect-error The package has types only for the whole.
import connect from 'undici/lib/core/connect.js';

export const buildConnector = connect as typeof wholeBuildConnector;
