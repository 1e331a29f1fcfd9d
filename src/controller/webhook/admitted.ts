import { IpamError } from '../../resources/errors.ts';
import { parseStored } from '../../resources/manifest.ts';
import type { Resource } from '../../resources/resource.ts';
import type { Write } from '../../resources/rules/write.ts';
import type { AdmissionRequest } from './admission-review.ts';

/** For objects whose name the API server has yet to make; a name that nothing can have. */
const unnamed = '<generated>';

/** What the request wants. @throws IpamError invalid-argument: it has not the objects that belong to its operation */
export function writeOf({ operation, object, oldObject }: AdmissionRequest): Write | undefined {
  switch (operation) {
    case 'CREATE':
      return { operation: 'create', resource: admitted(object, 'object') };
    case 'UPDATE':
      return { operation: 'update', before: admitted(oldObject, 'oldObject'), resource: admitted(object, 'object') };
    case 'DELETE':
      return { operation: 'delete', before: admitted(oldObject, 'oldObject') };
    case 'CONNECT':
      return undefined;
  }
}

/**
 * An object of a review. One that its schema does not take is passed on as it is: the rules say what is wrong with
 * it, or that what was wrong before need not stop a write of its metadata.
 */
export function admitted(input: unknown, field: string): Resource {
  const { apiVersion, kind, metadata, spec } = objectOf(input, field);
  const fields = objectOf(metadata, `${field}.metadata`);
  const name = typeof fields.name === 'string' && fields.name !== '' ? fields.name : unnamed;
  try {
    // Its name was checked by the API server, or is yet to be made.
    const parsed = parseStored({ ...objectOf(input, field), metadata: { ...fields, name: 'x' } }, field);
    return { ...parsed, metadata: { ...parsed.metadata, name } };
  } catch (error) {
    if (!(error instanceof IpamError)) throw error;
    return { apiVersion: String(apiVersion), kind: String(kind), metadata: { ...fields, name }, spec: spec ?? {} };
  }
}

export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new IpamError('invalid-argument', `AdmissionReview: request.${what} is no object`);
}
