import { ownValue } from '../own-value.ts';
import { parsePool, poolKind } from '../pool.ts';
import { applicationNameLabel } from '../published.ts';
import { rangesOwner } from '../ranges-owner.ts';
import { Findings, type Refusal, refusalError, refusalsOf, subjectOf } from '../refusal.ts';
import { parseReservedIP, reservedIPKind } from '../reserved-ip.ts';
import type { Resource } from '../resource.ts';
import { parseSubnet, subnetKind } from '../subnet.ts';
import { checkPoolAmongOthers, checkPoolChange, checkPoolDelete } from './pool-rules.ts';
import { checkPoolShape } from './pool-shape.ts';
import { checkReservation, checkReservationChange, checkReservationShape } from './reserved-ip-rules.ts';
import { checkSubnetAmongOthers, checkSubnetChange, checkSubnetShape } from './subnet-rules.ts';
import type { Parsed, Review, Write, WriteFacts } from './write.ts';

/** The rules of one kind, for resources that could be read. */
interface KindRules<V> {
  /** @throws IpamError what keeps the resource from being read at all */
  readonly parse: (resource: Resource) => V;
  /** What may be read, and yet not be written anew. */
  readonly shape: (parsed: Parsed<V>, findings: Findings, facts: WriteFacts) => void;
  /** Against the others, and against what is out. */
  readonly among: (parsed: Parsed<V>, findings: Findings, facts: WriteFacts) => void;
  /** Both can be read. */
  readonly change: (before: Parsed<V>, after: Parsed<V>, findings: Findings, facts: WriteFacts) => void;
}

type Reviewer = (write: Exclude<Write, { operation: 'delete' }>, findings: Findings, facts: WriteFacts) => void;

const reviewers: Readonly<Record<string, Reviewer>> = {
  [poolKind]: reviewerBy({
    parse: parsePool,
    shape: checkPoolShape,
    among: checkPoolAmongOthers,
    change: checkPoolChange,
  }),
  [subnetKind]: reviewerBy({
    parse: parseSubnet,
    shape: checkSubnetShape,
    among: checkSubnetAmongOthers,
    change: checkSubnetChange,
  }),
  [reservedIPKind]: reviewerBy({
    parse: parseReservedIP,
    shape: checkReservationShape,
    among: checkReservation,
    change: checkReservationChange,
  }),
};

/**
 * May this write happen? The same answer for `ipam-cli apply`, the API, and an admission webhook. Kinds without
 * rules of their own may always be written.
 */
export function reviewWrite(write: Write, facts: WriteFacts): Review {
  const findings = new Findings(subjectOf(write.operation === 'delete' ? write.before : write.resource));
  if (write.operation === 'delete') {
    // What is in use stays until it is empty (Kubernetes' finalizers): to wait for that is not its author's business.
    if (write.before.kind === poolKind) checkPoolDelete(write.before, findings, facts);
  } else {
    ownValue(reviewers, write.resource.kind)?.(write, findings, facts);
  }
  return findings;
}

/** @throws IpamError with every refusal in it */
export function requireAllowed({ refusals }: Review): void {
  if (refusals.length > 0) throw refusalError(refusals);
}

/** Reads each resource of a write once. */
function reviewerBy<V>(rules: KindRules<V>): Reviewer {
  return (write, findings, facts) => {
    if (write.operation === 'create') {
      const parsed = read(write.resource, rules, findings);
      if (parsed === undefined) return;
      rules.shape(parsed, findings, facts);
      rules.among(parsed, findings, facts);
    } else {
      reviewUpdate(write, rules, findings, facts);
    }
  };
}

function reviewUpdate<V>(
  { before, resource }: Extract<Write, { operation: 'update' }>,
  rules: KindRules<V>,
  findings: Findings,
  facts: WriteFacts,
): void {
  // Controllers write labels, finalizers and status: no rule of the specification may keep them from it.
  if (isSameSpec(before, resource)) return;
  if (before.metadata.deletionTimestamp !== undefined) {
    findings.refuse('is being deleted and cannot change', 'wait until it is gone, and create it anew');
    return;
  }
  const present = read(resource, rules, findings);
  if (present === undefined) return;
  // What was there before may not be readable, which is no fault of this write.
  const former = read(before, rules, new Findings(findings.subject));
  reviewShapeChange(former, present, rules, findings, facts);
  if (former !== undefined) rules.change(former, present, findings, facts);
  rules.among(present, findings, facts);
}

/** A rule that the resource broke before must not keep its owner from changing something else. */
function reviewShapeChange<V>(
  before: Parsed<V> | undefined,
  after: Parsed<V>,
  rules: KindRules<V>,
  findings: Findings,
  facts: WriteFacts,
): void {
  const [former, present] = [new Findings(findings.subject), new Findings(findings.subject)];
  if (before !== undefined) rules.shape(before, former, facts);
  rules.shape(after, present, facts);
  const known = new Set(former.refusals.map(({ message }) => message));
  const isNew = ({ message }: Refusal) => !known.has(message);
  findings.refusals.push(...present.refusals.filter(isNew));
  findings.warnings.push(...present.refusals.filter((one) => !isNew(one)).map(({ message }) => message));
  findings.warnings.push(...present.warnings);
}

/** @returns undefined when it cannot be read, and why is among the findings */
function read<V>(resource: Resource, rules: KindRules<V>, findings: Findings): Parsed<V> | undefined {
  let value: V | undefined;
  const refusals = refusalsOf(() => {
    value = rules.parse(resource);
  });
  findings.refusals.push(...refusals);
  return value === undefined ? undefined : { resource, value };
}

/** Is only metadata written? Texts of specs compare: whoever writes only metadata sends the same text back. */
export function isSameSpec(before: Resource, after: Resource): boolean {
  const specified = (resource: Resource) =>
    JSON.stringify([resource.metadata.labels?.[applicationNameLabel], rangesOwner(resource), resource.spec]);
  return specified(before) === specified(after);
}
