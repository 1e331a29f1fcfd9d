import { describe, expect, it } from 'vitest';
import type { Labels } from '../../resources/label-selector.ts';
import { type PoolSpec, parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import { applicationAffinity, applicationLabels } from '../bind/application.ts';
import { affinityFilter, type Consumer } from './affinity.ts';

const pod = { namespace: 'shop', name: 'web-0', uid: 'u1' };
const known: Consumer = {
  node: 'node1',
  ifname: 'net1',
  pod,
  facts: {
    pod: { labels: { app: 'web' }, annotations: {} },
    namespace: { labels: { tenant: 'red' }, annotations: {} },
    node: { labels: { rack: 'r1' } },
  },
  interfaceNetwork: () => 'net/macvlan',
};
const unknown: Consumer = { node: 'node1', ifname: 'eth0', pod };
const nobody: Consumer = { node: 'node1', ifname: 'eth0' };

function reason(spec: Partial<PoolSpec>, consumer: Consumer, marks: Labels = {}): string | undefined {
  const resource = { apiVersion: spiderpoolVersion, kind: poolKind, metadata: { name: 'blue', labels: marks } };
  return affinityFilter(consumer)(parsePool({ ...resource, spec: { subnet: '10.0.0.0/24', ...spec } }))?.();
}

const labels = (key: string, value: string) => ({ matchLabels: { [key]: value } });

describe('whom a pool is for', () => {
  it.each<[string, Partial<PoolSpec>, Consumer]>([
    ['everybody, when it does not say', {}, nobody],
    ['Pods with its labels', { podAffinity: labels('app', 'web') }, known],
    ['every Pod, by an empty selector, even when nobody tells labels', { podAffinity: {} }, unknown],
    ['Pods of a namespace with its labels', { namespaceAffinity: labels('tenant', 'red') }, known],
    ['Pods of the namespaces it names', { namespaceName: ['bank', 'shop'] }, unknown],
    [
      'a namespace it names, whose labels do not fit',
      { namespaceName: ['shop'], namespaceAffinity: labels('x', 'y') },
      known,
    ],
    ['Pods on nodes with its labels', { nodeAffinity: labels('rack', 'r1') }, known],
    ['Pods on the nodes it names', { nodeName: ['node1'] }, nobody],
    ['a node it names, whose labels do not fit', { nodeName: ['node1'], nodeAffinity: labels('rack', 'r9') }, known],
    ['interfaces of the networks it names', { multusName: ['net/macvlan'] }, known],
    [
      'a network that it names without a namespace',
      { multusName: ['lan'] },
      { ...known, interfaceNetwork: () => 'kube-system/lan' },
    ],
    [
      'all that it says at once',
      { podAffinity: labels('app', 'web'), nodeName: ['node1'], multusName: ['net/macvlan'] },
      known,
    ],
  ])('%s', (_whom, spec, consumer) => {
    expect(reason(spec, consumer)).toBeUndefined();
  });

  it.each<[string, Partial<PoolSpec>, Consumer, string]>([
    [
      'other Pods',
      { podAffinity: { matchLabels: { app: 'db' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] } },
      known,
      'is for Pods labelled app=db,tier, and Pod "shop/web-0" has app=web, no tier',
    ],
    [
      'other namespaces, by label',
      { namespaceAffinity: labels('tenant', 'blue') },
      known,
      'is for namespaces labelled tenant=blue, and namespace "shop" has tenant=red',
    ],
    [
      'other namespaces, by name',
      { namespaceName: ['bank'], namespaceAffinity: labels('tenant', 'red') },
      known,
      'is for namespaces "bank", and the Pod is in "shop"',
    ],
    [
      'other nodes, by label',
      { nodeAffinity: labels('rack', 'r2') },
      known,
      'is for nodes labelled rack=r2, and node "node1" has rack=r1',
    ],
    [
      'other nodes, by name, of which the first are shown',
      { nodeName: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      known,
      'is for nodes "a", "b", "c", "d", "e", 2 more, and this is node "node1"',
    ],
    [
      'other networks',
      { multusName: ['macvlan', 'net/ipvlan'] },
      known,
      'is for interfaces of Multus networks "kube-system/macvlan", "net/ipvlan", and net1 is of "net/macvlan"',
    ],
    [
      'some network, and the cluster default one has no name here',
      { multusName: ['net/macvlan'] },
      { ...known, ifname: 'eth0', interfaceNetwork: () => undefined },
      'is for interfaces of Multus networks "net/macvlan", and nothing tells of which eth0 is',
    ],
    [
      'labelled Pods, where nobody tells labels',
      { podAffinity: labels('app', 'web') },
      unknown,
      'is for Pods labelled app=web, and the labels of Pod "shop/web-0" are not known here: there is no Kubernetes to ask',
    ],
    [
      'labelled nodes, where nobody tells labels',
      { nodeAffinity: labels('rack', 'r1') },
      nobody,
      'is for nodes labelled rack=r1, and the labels of node "node1" are not known here: there is no Kubernetes to ask',
    ],
    [
      'labelled Pods, for no Pod',
      { podAffinity: labels('app', 'web') },
      nobody,
      'is for Pods labelled app=web, and the request names no Pod',
    ],
    [
      'a namespace, for no Pod',
      { namespaceName: ['shop'] },
      nobody,
      'is for namespaces "shop", and the request names no Pod',
    ],
  ])('not for: %s', (_whom, spec, consumer, says) => {
    expect(reason(spec, consumer)).toBe(says);
  });
});

describe('the pool of an application', () => {
  const application = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'app' };
  const spec = { podAffinity: { matchLabels: applicationAffinity(application) } };
  const keptBy = (kind: string, name: string): Consumer => ({
    ...known,
    facts: {
      pod: {
        labels: { 'pod-template-hash': '5d8f' },
        annotations: {},
        controller: { apiVersion: 'apps/v1', kind, name, uid: 'c' },
      },
      namespace: { labels: {}, annotations: {} },
      node: { labels: {} },
    },
  });

  it('is for its Pods, which have none of the labels that it selects by', () => {
    expect(reason(spec, keptBy('ReplicaSet', 'web-5d8f'), applicationLabels(application))).toBeUndefined();
  });

  it('is for anybody once people have taken its affinity off', () => {
    expect(reason({}, known, applicationLabels(application))).toBeUndefined();
  });

  it.each<[string, Consumer, string]>([
    ['another application', keptBy('ReplicaSet', 'api-5d8f'), 'the Pod is of Deployment shop/api'],
    ['another kind of that name', keptBy('StatefulSet', 'web'), 'the Pod is of StatefulSet shop/web'],
    [
      'another namespace',
      { ...keptBy('ReplicaSet', 'web-5d8f'), pod: { ...pod, namespace: 'bank' } },
      'the Pod is of Deployment bank/web',
    ],
    ['a Pod that nobody keeps', known, 'no controller that is known here keeps the Pod'],
    ['nobody', nobody, 'no controller that is known here keeps the Pod'],
  ])('is not for %s', (_, consumer, says) => {
    expect(reason(spec, consumer, applicationLabels(application))).toBe(
      `is for Pods of Deployment shop/web, and ${says}`,
    );
  });
});
