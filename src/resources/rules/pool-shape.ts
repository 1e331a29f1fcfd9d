import type { LabelSelector } from '../label-selector.ts';
import { isUnlistedNone, type Pool, type PoolSpec, poolSpecSchema } from '../pool.ts';
import { applicationAffinityKeys, applicationNameLabel } from '../published.ts';
import { networkLabel } from '../ranges-owner.ts';
import type { Findings } from '../refusal.ts';
import type { Resource } from '../resource.ts';
import { parseWith } from '../schema.ts';
import { defaultScope, scopeOf } from '../scope.ts';
import { checkPlanShape } from './plan-shape.ts';
import { checkRangePool } from './pool-rules.ts';
import { checkSelector } from './selector-shape.ts';
import type { Parsed, WriteFacts } from './write.ts';

const networkName = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** What a pool may not be written like, although an older one may be so. */
export function checkPoolShape(parsed: Parsed<Pool>, findings: Findings, { families }: WriteFacts): void {
  const { resource } = parsed;
  const spec = parseWith(poolSpecSchema, resource.spec, `${findings.subject}: spec`);
  const labels = resource.metadata.labels ?? {};
  // What a network configuration of the machine says has rules of its own: host-local's.
  checkRangePool(parsed, findings);
  if (spec.blockSize !== undefined && scopeOf(resource.metadata.name) !== defaultScope) {
    findings.refuse(
      'its name has a scope, and spec.blockSize is set',
      'leave spec.blockSize out: blocks have no scopes',
    );
  }
  checkPlanShape(networkLabel in labels ? withoutGateway(spec) : spec, findings, families);
  if (applicationNameLabel in labels) checkApplicationAffinity(spec.podAffinity, findings);
  else checkPodAffinity(spec.podAffinity, findings);
  checkSelector('spec.namespaceAffinity', spec.namespaceAffinity, findings);
  checkSelector('spec.nodeAffinity', spec.nodeAffinity, findings);
  for (const name of spec.multusName ?? []) {
    if (networkName.test(name)) continue;
    findings.refuse(`spec.multusName: "${name}" names no network`, 'write namespace/name');
  }
  warnOfIdleFields(spec, resource, findings);
  if (/^auto[46]-/.test(resource.metadata.name) && !(applicationNameLabel in labels)) {
    findings.warn('pools that are made for applications have names like this one, and may want the same');
  }
}

function withoutGateway({ gateway: _, ...spec }: PoolSpec): PoolSpec {
  return spec;
}

function checkPodAffinity(selector: LabelSelector | undefined, findings: Findings): void {
  if (selector === undefined) return;
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
    findings.refuse('spec.podAffinity is empty', 'leave it out for all Pods, or name labels');
  }
  checkSelector('spec.podAffinity', selector, findings);
}

/** Whose pool it is says the pool's maker; more would make it nobody's. */
function checkApplicationAffinity(selector: LabelSelector | undefined, findings: Findings): void {
  const advice = 'the pool is kept for its application: make a pool of your own for other Pods';
  for (const key of Object.keys(selector?.matchLabels ?? {})) {
    if (applicationAffinityKeys.includes(key)) continue;
    findings.refuse(`spec.podAffinity.matchLabels: "${key}" cannot be added to the pool of an application`, advice);
  }
  if ((selector?.matchExpressions ?? []).length > 0) {
    findings.refuse('spec.podAffinity.matchExpressions cannot be added to the pool of an application', advice);
  }
}

function warnOfIdleFields(spec: PoolSpec, resource: Resource, findings: Findings): void {
  const named = (list: readonly string[] | undefined) => (list ?? []).length > 0;
  if (named(spec.namespaceName) && spec.namespaceAffinity !== undefined) {
    findings.warn('spec.namespaceAffinity is not looked at, because spec.namespaceName names namespaces');
  }
  if (named(spec.nodeName) && spec.nodeAffinity !== undefined) {
    findings.warn('spec.nodeAffinity is not looked at, because spec.nodeName names nodes');
  }
  const labels = resource.metadata.labels ?? {};
  if (applicationNameLabel in labels || named(spec.ips)) return;
  if (spec.ips !== undefined || isUnlistedNone(labels, spec)) {
    findings.warn('spec.ips names no address, so the pool gives none out');
  } else if (spec.blockSize === undefined && spec.gateway === undefined) {
    findings.warn(`spec.ips is absent and there is no gateway: every host address of ${spec.subnet} is given out`);
  }
}
