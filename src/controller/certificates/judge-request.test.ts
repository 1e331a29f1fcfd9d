import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newRequest } from '../../tls/certificate-request.ts';
import { newKey } from '../../tls/issue.ts';
import { judgeRequest } from './judge-request.ts';

const account = 'system:serviceaccount:berth-system:ipam-daemon';
const key = newKey();
const request = Buffer.from(newRequest(key, { name: 'node9', organization: 'berth:admin' })).toString('base64');
const extra = {
  'authentication.kubernetes.io/pod-name': ['ipam-daemon-x'],
  'authentication.kubernetes.io/pod-uid': ['u1'],
};
const asked = { request, signerName: 'berth.network/ipam-daemon', username: account, extra };
const pod = { uid: 'u1', node: 'node1' };

describe('a request for the certificate of a daemon', () => {
  it('is signed for the node of the Pod whose token was shown, whatever it asks for', () => {
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
    expect(judgeRequest({ spec: asked }, account, pod)).toEqual({ type: 'sign', node: 'node1', publicKey });
  });

  it.each<[string, object, typeof pod | { uid: string; node: undefined } | undefined, RegExp]>([
    ['of another account', { username: 'system:serviceaccount:shop:ipam-daemon' }, pod, /only system:serviceaccount/],
    ['of a person', { username: 'kubernetes-admin' }, pod, /only system:serviceaccount/],
    ['by a token of no Pod', { extra: {} }, undefined, /of no Pod/],
    ['by a token of a Pod that is gone', {}, undefined, /is gone/],
    ['by a token of a Pod that another has replaced', {}, { uid: 'u2', node: 'node1' }, /is gone/],
    ['of a Pod on no node yet', {}, { uid: 'u1', node: undefined }, /on no node/],
    ['with a key that its sender has not', { request: Buffer.from('x').toString('base64') }, pod, /its own key/],
  ])('is denied when it comes %s', (_how, spec, facts, why) => {
    expect(judgeRequest({ spec: { ...asked, ...spec } }, account, facts)).toMatchObject({
      type: 'deny',
      reason: expect.stringMatching(why),
    });
  });
});
