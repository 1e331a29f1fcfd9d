import { servedKind } from './served-kind.ts';

/** As Multus brings it, as far as kubectl needs it: Multus is not in Debian 12 (`apt-cache search multus`). */
export const attachmentDefinitions = servedKind({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  plural: 'network-attachment-definitions',
  singular: 'network-attachment-definition',
});
