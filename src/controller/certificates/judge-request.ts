import type { SigningRequest } from '../../store/kubernetes/signing-request.ts';
import { readRequest } from '../../tls/certificate-request.ts';
import { isSubjectName } from '../../tls/identity.ts';

/** What the API server shows of the Pod whose token was used. */
export interface AskingPod {
  readonly uid: string;
  readonly node: string | undefined;
}

/** Which Pod a token was made for, as API servers from 1.20 on say of one that is bound to a Pod. */
export interface TokenOfPod {
  readonly name: string;
  readonly uid: string;
}

export type Judgement =
  | { readonly type: 'sign'; readonly node: string; readonly publicKey: string }
  | { readonly type: 'deny'; readonly reason: string };

const podNameKey = 'authentication.kubernetes.io/pod-name';
const podUidKey = 'authentication.kubernetes.io/pod-uid';

/** @returns undefined: the token is of no Pod */
export function tokenOf({ spec: { extra = {} } }: Pick<SigningRequest, 'spec'>): TokenOfPod | undefined {
  const [name, uid] = [extra[podNameKey]?.[0], extra[podUidKey]?.[0]];
  return name === undefined || uid === undefined ? undefined : { name, uid };
}

/**
 * Who asks gets a certificate of the node that his Pod runs on, whatever the request says that it is for: the API server knows
 * whose token he has shown, and where that Pod is.
 * @param account user name of the daemons
 * @param pod of the name that the token has; undefined: there is none
 */
export function judgeRequest(
  { spec }: Pick<SigningRequest, 'spec'>,
  account: string,
  pod: AskingPod | undefined,
): Judgement {
  if (spec.username !== account) return deny(`only ${account} gets certificates of this signer`);
  const token = tokenOf({ spec });
  if (token === undefined) {
    return deny(
      'the token is of no Pod: mount it by a projected volume with a serviceAccountToken, as deploy/daemon.yaml does',
    );
  }
  if (pod?.uid !== token.uid) return deny(`Pod ${token.name} of the token is gone`);
  const { node } = pod;
  if (node === undefined || !isSubjectName(node)) return deny(`Pod ${token.name} is on no node`);
  const request = readRequest(Buffer.from(spec.request, 'base64').toString());
  if (request === undefined) return deny('spec.request is no request that is signed with its own key');
  return { type: 'sign', node, publicKey: request.publicKey };
}

function deny(reason: string): Judgement {
  return { type: 'deny', reason };
}
