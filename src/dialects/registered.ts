/**
 * Every dialect, a line each. Their order says nothing: two that say different things of one interface are refused, and what
 * one refuses is refused.
 */
export { antrea } from './antrea/index.ts';
export { berth } from './berth/index.ts';
export { calico } from './calico/index.ts';
export { cilium } from './cilium/index.ts';
export { hostLocal } from './host-local/index.ts';
export { kubeIpam } from './kube-ipam/index.ts';
export { multus } from './multus/index.ts';
export { spiderpool } from './spiderpool/index.ts';
export { staticAddresses } from './static/index.ts';
export { whereabouts } from './whereabouts/index.ts';
