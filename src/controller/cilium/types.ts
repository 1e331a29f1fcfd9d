import type { ResourceType } from '../../store/kubernetes/api-path.ts';

const cilium = { apiVersion: 'cilium.io/v2', statusSubresource: true } as const;

/** Kinds of Cilium's (1.12 and later have both in this version). */
export const ciliumNodeType: ResourceType = { ...cilium, kind: 'CiliumNode', plural: 'ciliumnodes', namespaced: false };
export const ciliumEndpointType: ResourceType = {
  ...cilium,
  kind: 'CiliumEndpoint',
  plural: 'ciliumendpoints',
  namespaced: true,
};

export const configMapType: ResourceType = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  statusSubresource: false,
};
