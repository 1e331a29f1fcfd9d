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
import type { Review, Write, WriteFacts } from './write.ts';

/** The rules of one kind, for resources that could be read. */
interface KindRules {
  /** @throws IpamError what keeps the resource from being read at all */
  readonly parse: (resource: Resource) => unknown;
  /** What may be read, and yet not be written anew. */
  readonly shape: (resource: Resource, findings: Findings, facts: WriteFacts) => void;
  /** Against the others, and against what is out. */
  readonly among: (resource: Resource, findings: Findings, facts: WriteFacts) => void;
  /** Both can be read. */
  readonly change: (before: Resource, after: Resource, findings: Findings, facts: WriteFacts) => void;
}

const rulesOf: Readonly<Record<string, KindRules>> = {
  [poolKind]: {
    parse: parsePool,
    shape: checkPoolShape,
    among: checkPoolAmongOthers,
    change: checkPoolChange,
  },
  [subnetKind]: {
    parse: parseSubnet,
    shape: checkSubnetShape,
    among: checkSubnetAmongOthers,
    change: checkSubnetChange,
  },
  [reservedIPKind]: {
    parse: parseReservedIP,
    shape: checkReservationShape,
    among: checkReservation,
    change: checkReservationChange,
  },
};

/**
 * May this write happen? The same answer for `ipam-cli apply`, the API, and an admission webhook. Kinds without
 * rules of their own may always be written.
 */
export function reviewWrite(write: Write, facts: WriteFacts): Review {
  const findings = new Findings(subjectOf(write.operation === 'delete' ? write.before : write.resource));
  const rules = ownValue(rulesOf, write.operation === 'delete' ? write.before.kind : write.resource.kind);
  if (rules === undefined) return findings;
  switch (write.operation) {
    case 'create':
      if (isReadable(write.resource, rules, findings)) {
        rules.shape(write.resource, findings, facts);
        rules.among(write.resource, findings, facts);
      }
      return findings;
    case 'update':
      reviewUpdate(write, rules, findings, facts);
      return findings;
    case 'delete':
      // What is in use stays until it is empty (Kubernetes' finalizers): to wait for that is not its author's business.
      if (write.before.kind === poolKind) checkPoolDelete(write.before, findings, facts);
      return findings;
  }
}

/** @throws IpamError with every refusal in it */
export function requireAllowed({ refusals }: Review): void {
  if (refusals.length > 0) throw refusalError(refusals);
}

function reviewUpdate(
  { before, resource }: Extract<Write, { operation: 'update' }>,
  rules: KindRules,
  findings: Findings,
  facts: WriteFacts,
): void {
  // Controllers write labels, finalizers and status: no rule of the specification may keep them from it.
  if (isSameSpec(before, resource)) return;
  if (before.metadata.deletionTimestamp !== undefined) {
    findings.refuse('is being deleted and cannot change', 'wait until it is gone, and create it anew');
    return;
  }
  if (!isReadable(resource, rules, findings)) return;
  reviewShapeChange(before, resource, rules, findings, facts);
  const readableBefore = refusalsOf(() => rules.parse(before)).length === 0;
  if (readableBefore) rules.change(before, resource, findings, facts);
  rules.among(resource, findings, facts);
}

/** A rule that the resource broke before must not keep its owner from changing something else. */
function reviewShapeChange(
  before: Resource,
  after: Resource,
  rules: KindRules,
  findings: Findings,
  facts: WriteFacts,
): void {
  const [former, present] = [new Findings(findings.subject), new Findings(findings.subject)];
  if (refusalsOf(() => rules.parse(before)).length === 0) rules.shape(before, former, facts);
  rules.shape(after, present, facts);
  const known = new Set(former.refusals.map(({ message }) => message));
  const isNew = ({ message }: Refusal) => !known.has(message);
  findings.refusals.push(...present.refusals.filter(isNew));
  findings.warnings.push(...present.refusals.filter((one) => !isNew(one)).map(({ message }) => message));
  findings.warnings.push(...present.warnings);
}

function isReadable(resource: Resource, rules: KindRules, findings: Findings): boolean {
  findings.refusals.push(...refusalsOf(() => rules.parse(resource)));
  return findings.refusals.length === 0;
}

/** Is only metadata written? Texts of specs compare: whoever writes only metadata sends the same text back. */
export function isSameSpec(before: Resource, after: Resource): boolean {
  const specified = (resource: Resource) =>
    JSON.stringify([resource.metadata.labels?.[applicationNameLabel], rangesOwner(resource), resource.spec]);
  return specified(before) === specified(after);
}
