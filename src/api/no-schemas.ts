import type { FastifyServerOptions } from 'fastify';

/**
 * No route here has a JSON schema: what comes in is read by the code that uses it. Fastify would load two compilers for them all the
 * same, a third of the program's source; the bundle has neither (decision 8).
 */
export const schemaController = {
  compilersFactory: { buildValidator: () => refuse, buildSerializer: () => refuse },
} satisfies FastifyServerOptions['schemaController'];

/** @throws Error always: somebody gave a route a schema */
function refuse(): never {
  throw new Error('a route has a schema, and nothing here compiles schemas (src/api/no-schemas.ts)');
}
