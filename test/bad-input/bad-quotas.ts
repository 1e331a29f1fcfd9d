import type { BadPod } from './bad-pod.ts';

const quota = (text: string) => ({ 'berth.network/address-quota': text });

/** Quotas of namespaces: those that cannot be read, and those that are reached. */
export const badQuotas: readonly BadPod[] = [
  {
    what: 'a quota that is a word',
    namespace: quota('many'),
    says: 'Namespace "shop": annotation berth.network/address-quota: must be a number from 0 to 1000000000, or "unlimited" (got "many")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota that is empty',
    namespace: quota(''),
    says: 'Namespace "shop": annotation berth.network/address-quota: must be a number from 0 to 1000000000, or "unlimited" (got "")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota below zero',
    namespace: quota('-1'),
    says: 'Namespace "shop": annotation berth.network/address-quota: must be a number from 0 to 1000000000, or "unlimited" (got "-1")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota with a fraction',
    namespace: quota('2.5'),
    says: 'Namespace "shop": annotation berth.network/address-quota: must be a number from 0 to 1000000000, or "unlimited" (got "2.5")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota in two ways',
    namespace: quota('10, 20'),
    says: 'Namespace "shop": annotation berth.network/address-quota: two numbers in all (got "10, 20")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota of a pool, twice',
    namespace: quota('blue=10, blue=20'),
    says: 'Namespace "shop": annotation berth.network/address-quota: pool "blue" stands twice (got "blue=10, blue=20")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota of what can be no pool',
    namespace: quota('Blue=10'),
    says: 'Namespace "shop": annotation berth.network/address-quota: "Blue" is not a valid name of a pool (got "Blue=10")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'a quota of a pool without a number',
    namespace: quota('blue='),
    says: 'Namespace "shop": annotation berth.network/address-quota: pool "blue": must be a number from 0 to 1000000000, or "unlimited" (got "blue=")',
    advice: 'write how many addresses its Pods may hold in all, and of pools: 100, blue=20, red=unlimited',
  },
  {
    what: 'one address more than a namespace may have in all',
    namespace: quota('2'),
    says: 'namespace "shop" holds 2 addresses in all, and may hold 2 (annotation berth.network/address-quota)',
    advice:
      'end Pods of the namespace, or raise its quota (annotation berth.network/address-quota of Namespace "shop")',
  },
  {
    what: 'one address more than it may have of a pool',
    namespace: quota('100, blue=2'),
    says: 'namespace "shop" holds 2 addresses of pool "blue", and may hold 2 (annotation berth.network/address-quota)',
    advice:
      'end Pods of the namespace, or raise its quota (annotation berth.network/address-quota of Namespace "shop", or spec.namespaceQuota of SpiderIPPool "blue")',
  },
  {
    what: 'any address where it may have none',
    namespace: quota('0'),
    says: 'namespace "shop" holds 2 addresses in all, and may hold 0 (annotation berth.network/address-quota)',
    advice:
      'end Pods of the namespace, or raise its quota (annotation berth.network/address-quota of Namespace "shop")',
  },
  {
    what: 'one address more of a pool with a quota for each namespace',
    annotations: { 'ipam.spidernet.io/ippool': '{"ipv4": ["few"]}' },
    says: 'namespace "shop" holds 0 addresses of pool "few", and may hold 0 (spec.namespaceQuota)',
    advice:
      'end Pods of the namespace, or raise its quota (annotation berth.network/address-quota of Namespace "shop", or spec.namespaceQuota of SpiderIPPool "few")',
  },
  {
    what: 'an address of a pool with blocks for a namespace with a quota',
    namespace: quota('100'),
    annotations: { 'ipam.spidernet.io/ippool': '{"ipv4": ["blocks"]}' },
    says: 'namespace "shop" may hold 100 addresses (annotation berth.network/address-quota), and those of pool "blocks" are not counted, because it has blocks and allocation.keepInBlocks is off',
    advice:
      'set allocation.keepInBlocks on all nodes, have its Pods use pools without blockSize, or take the quota from it (annotation berth.network/address-quota: unlimited)',
  },
];
