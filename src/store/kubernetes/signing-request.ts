import type { Resource, Stored } from '../../resources/resource.ts';
import type { ResourceType } from './api-path.ts';

/** Under this name daemons ask for certificates, and the controller signs them. */
export const daemonSigner = 'berth.network/ipam-daemon';

/** CertificateSigningRequests (certificates.k8s.io/v1) for that signer, no others. */
export const signingRequestType: ResourceType = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
  statusSubresource: true,
  fieldSelector: `spec.signerName=${daemonSigner}`,
};

export interface SigningCondition {
  readonly type: 'Approved' | 'Denied' | 'Failed';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

export interface SigningRequestSpec {
  /** PKCS #10 in PEM, in base64. */
  readonly request: string;
  readonly signerName: string;
  readonly usages?: readonly string[];
  /** Who asks, as the API server has found out. */
  readonly username?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export type SigningRequest = Resource<'CertificateSigningRequest', SigningRequestSpec> & {
  readonly status?: {
    readonly conditions?: readonly SigningCondition[];
    /** PEM, in base64. */
    readonly certificate?: string;
  };
};

export function conditionOf({ status }: Stored<SigningRequest> | SigningRequest, type: SigningCondition['type']) {
  return status?.conditions?.find((condition) => condition.type === type);
}
