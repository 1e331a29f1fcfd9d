import type * as Http from 'node:http';

/**
 * `node:http` as `require` gives it. A module that imports it has each of its exports evaluated, `WebSocket` among them, and with it Node.js
 * loads and compiles all that is behind `fetch`, for a program that calls neither (decision 8). Types are imported as ever.
 */
export const http: Readonly<Pick<typeof Http, 'createServer' | 'request' | 'Agent' | 'IncomingMessage'>> =
  process.getBuiltinModule('node:http');
