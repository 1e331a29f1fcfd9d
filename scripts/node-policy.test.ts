import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CelInput, isCelError, run } from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { newBlock } from '../src/resources/block.ts';
import { newClaim } from '../src/resources/claim.ts';
import { newHistory, newHistorySegment } from '../src/resources/history.ts';
import { kindOf } from '../src/resources/kinds.ts';
import type { Resource } from '../src/resources/resource.ts';

interface Named {
  readonly name: string;
  readonly expression: string;
}

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly paramKind?: { readonly kind: string };
    readonly matchConstraints: {
      readonly resourceRules: readonly {
        readonly operations: readonly string[];
        readonly resources: readonly string[];
      }[];
    };
    readonly matchConditions: readonly Named[];
    readonly variables?: readonly Named[];
    readonly validations: readonly {
      readonly expression: string;
      readonly message?: string;
      readonly messageExpression?: string;
    }[];
  };
}

interface Binding {
  readonly kind: string;
  readonly spec: { readonly policyName: string; readonly validationActions: readonly string[] };
}

type Write =
  | { readonly operation: 'CREATE'; readonly object: Resource }
  | { readonly operation: 'UPDATE'; readonly object: Resource; readonly oldObject: Resource }
  | { readonly operation: 'DELETE'; readonly oldObject: Resource };

interface Role {
  readonly kind: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const read = <T>(path: string): readonly T[] =>
  parseAllDocuments(readFileSync(join(root, path), 'utf8')).map((document) => document.toJS() as T);
const documents = read<Policy | Binding>('deploy/node-policy.yaml');
const policies = documents.filter((one): one is Policy => one.kind === 'ValidatingAdmissionPolicy');
const bindings = documents.filter((one): one is Binding => one.kind === 'ValidatingAdmissionPolicyBinding');

const daemons = 'system:serviceaccount:berth-system:ipam-daemon';
const nodeName = 'authentication.kubernetes.io/node-name';

function evaluated(expression: string, facts: Readonly<Record<string, CelInput>>): unknown {
  const value = run(expression, facts);
  if (isCelError(value)) throw new Error(`${expression}: ${value.message}`);
  return value;
}

/** What an API server refuses by the policies: with a parameter, once for each object of its kind. */
function refusalsOf(
  write: Write,
  { node = 'a' as string | null, username = daemons, nodes = ['a', 'b'] } = {},
): readonly string[] {
  const { object, oldObject } = { object: undefined, oldObject: undefined, ...write };
  const { plural } = kindOf((object ?? oldObject)?.kind ?? '') ?? {};
  const extra = node === null ? {} : { [nodeName]: [node] };
  const asked = {
    request: { operation: write.operation, userInfo: { username, extra } },
    object: asInput(object),
    oldObject: asInput(oldObject),
  } as unknown as Readonly<Record<string, CelInput>>;
  return policies
    .filter(({ spec }) =>
      spec.matchConstraints.resourceRules.some(
        ({ operations, resources }) => operations.includes(write.operation) && resources.includes(plural ?? ''),
      ),
    )
    .flatMap((policy) => {
      const params = policy.spec.paramKind === undefined ? [null] : nodes.map((name) => ({ metadata: { name } }));
      return params.flatMap((one) => judgedBy(policy, { ...asked, params: one as unknown as CelInput }));
    });
}

function judgedBy({ spec }: Policy, asked: Readonly<Record<string, CelInput>>): readonly string[] {
  if (spec.matchConditions.some(({ expression }) => evaluated(expression, asked) !== true)) return [];
  const variables = Object.fromEntries(
    (spec.variables ?? []).map(({ name, expression }) => [name, evaluated(expression, asked) as CelInput]),
  );
  const facts = { ...asked, variables: variables as unknown as CelInput };
  return spec.validations.flatMap(({ expression, message, messageExpression }) =>
    evaluated(expression, facts) === true ? [] : String(message ?? evaluated(messageExpression ?? '""', facts)),
  );
}

function asInput(resource: Resource | undefined): CelInput {
  return (resource === undefined ? null : JSON.parse(JSON.stringify(resource))) as CelInput;
}

describe('deploy/node-policy.yaml, by its expressions', () => {
  const claim = (daemon: string, more: object = {}): Resource =>
    newClaim({
      address: '10.0.0.1',
      pool: 'rack',
      node: daemon,
      daemon,
      network: 'net',
      containerId: 'c',
      ifname: 'eth0',
      ...more,
    });
  const block = (daemon: string): Resource => newBlock({ cidr: '10.1.0.0/28', pool: 'p', node: daemon, daemon });
  const history = (node: string): Resource => newHistory({ node, begun: 1, segments: [] });
  const segment = (node: string): Resource => newHistorySegment({ node, begun: 1, first: 1, last: 2, packed: 'x' });
  const otherRecord = 'this token is of node a, whose daemon keeps no record of this object';
  const otherHistory = 'this token is of node a, whose history this is not';
  const isThere = 'node b is there: what it remembers is its own to delete';
  const create = (object: Resource): Write => ({ operation: 'CREATE', object });
  const update = (oldObject: Resource, object: Resource): Write => ({ operation: 'UPDATE', oldObject, object });
  const remove = (oldObject: Resource): Write => ({ operation: 'DELETE', oldObject });

  it.each<readonly [what: string, write: Write, refusals: readonly string[]]>([
    ['makes a claim of its own', create(claim('a')), []],
    ["makes no claim of another's", create(claim('b')), [otherRecord]],
    ["deletes no block of another's", remove(block('b')), [otherRecord]],
    [
      'takes over nothing that another has',
      update(claim('b'), claim('a')),
      ["an object that is another node's is not changed"],
    ],
    ['takes over what is parked', update(claim('b', { parkedAt: '2026-12-01T00:00:00.000Z' }), claim('a')), []],
    ['begins its own history', create(history('a')), []],
    ['begins no history of another', create(history('b')), [otherHistory]],
    ['writes no part of the history of another', create(segment('b')), [otherHistory]],
    ['goes on with its own', update(segment('a'), segment('a')), []],
    ["writes nothing over another's", update(segment('b'), segment('b')), [otherHistory]],
    ["makes nothing of another's its own", update(history('b'), history('a')), [otherHistory]],
    ["makes nothing of its own another's", update(history('a'), history('b')), [otherHistory]],
    ['deletes parts of its own history', remove(segment('a')), []],
    ['deletes no part of that of a node that is there', remove(segment('b')), [isThere]],
    ['deletes no history of a node that is there', remove(history('b')), [isThere]],
    ['deletes what a node that is gone has left', remove(history('c')), []],
  ])('a daemon of node a %s', (_, write, refusals) => {
    expect(refusalsOf(write)).toEqual(refusals);
  });

  it('a token of no node writes nothing of any', () => {
    const refused = { node: null };
    expect(refusalsOf(create(claim('a')), refused)).toEqual([otherRecord.replace('node a', 'no node')]);
    expect(refusalsOf(create(segment('a')), refused)).toEqual([otherHistory.replace('node a', 'no node')]);
    expect(refusalsOf(remove(segment('b')), refused)).toEqual([isThere]);
  });

  it('others are left alone', () => {
    const username = 'system:serviceaccount:berth-system:ipam-controller';
    for (const write of [create(claim('b')), create(history('b')), remove(segment('b'))])
      expect(refusalsOf(write, { username })).toEqual([]);
  });

  it('each policy denies what it refuses', () => {
    expect(bindings.map(({ spec }) => [spec.policyName, spec.validationActions])).toEqual(
      policies.map(({ metadata }) => [metadata.name, ['Deny']]),
    );
  });

  it('whatever a daemon may make in the name of a node is judged, and each verb of it', () => {
    const judged = policies.flatMap(({ spec }) =>
      spec.matchConstraints.resourceRules.flatMap(({ operations, resources }) =>
        resources.flatMap((resource) => operations.map((operation) => `${operation} ${resource}`)),
      ),
    );
    const role = read<Role>('deploy/rbac/daemon.yaml').find(({ kind }) => kind === 'ClusterRole');
    const made = (role?.rules ?? [])
      .filter(({ apiGroups }) => apiGroups.includes('berth.network'))
      .flatMap(({ resources, verbs }) =>
        verbs.flatMap((verb) => (isWrite(verb) ? resources.map((one) => `${verb.toUpperCase()} ${one}`) : [])),
      );
    expect(made).toContain('CREATE iphistorysegments');
    expect(made.filter((one) => !judged.includes(one))).toEqual([]);
  });
});

function isWrite(verb: string): boolean {
  return ['create', 'update', 'delete'].includes(verb);
}
