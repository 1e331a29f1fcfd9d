import { describe, expect, it } from 'vitest';
import { isIpamError } from '../resources/errors.ts';
import { goConfig, networkConfig } from './network-config.ts';
import { allocateRequest } from './request.ts';

/** `db for 43200000`, or the refusal. */
function asked(args: string, cni?: object): string {
  try {
    const network = networkConfig(
      goConfig({ name: 'net', ipam: { type: 'ipam-cni' }, ...(cni === undefined ? {} : { args: { cni } }) }),
    );
    const { stay } = allocateRequest(network, { containerId: 'c1', ifname: 'eth0', netns: '', args });
    return stay === undefined ? 'nothing' : `${stay.identity ?? 'its Pod'} for ${stay.for} by ${stay.origin}`;
  } catch (error) {
    if (isIpamError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('for whom an address is, by a CNI call', () => {
  it.each<[string, string, object | undefined, string]>([
    ['nobody is named', 'IP=10.0.0.5', { ips: [] }, 'nothing'],
    ['CNI_ARGS name an identity', 'IDENTITY=db', undefined, 'db for released by CNI_ARGS'],
    ['CNI_ARGS say for how long', 'IDENTITY=db;KEEP=12h', undefined, 'db for 43200000 by CNI_ARGS'],
    ['CNI_ARGS ask for the Pod', 'K8S_POD_NAME=a;KEEP=true', undefined, 'its Pod for released by CNI_ARGS'],
    ['args.cni names an identity', '', { identity: 'db' }, 'db for released by network "net"'],
    [
      'args.cni says by a JSON boolean that it goes',
      '',
      { identity: 'db', keep: false },
      'db for container by network "net"',
    ],
    ['args.cni says for how long', '', { identity: 'db', keep: '7d' }, 'db for 604800000 by network "net"'],
    [
      'both speak',
      'IDENTITY=db',
      { identity: 'db' },
      'invalid-config: network "net": CNI_ARGS and args.cni both say for whom the address stays',
    ],
    [
      'CNI_ARGS name it badly',
      'IDENTITY=a/b',
      undefined,
      'invalid-argument: CNI_ARGS: IDENTITY "a/b" is not the name of an identity',
    ],
    [
      'args.cni says nothing that can be read',
      '',
      { identity: 'db', keep: 'sometimes' },
      'invalid-config: network "net": args.cni.keep "sometimes" says neither whether nor how long',
    ],
    [
      'args.cni has a number',
      '',
      { identity: 'db', keep: 5 },
      'invalid-config: network "net": args.cni.keep: true, false, or how long, as a text: "12h" (got 5)',
    ],
    [
      'args.cni names no text',
      '',
      { identity: 5 },
      'invalid-config: network "net": args.cni.identity: must be text (got 5)',
    ],
  ])('%s', (_, args, cni, expected) => expect(asked(args, cni)).toBe(expected));
});
