import { type BadPod, plainNetwork } from './bad-pod.ts';

const keep = 'berth.network/keep-address';

/** A network that names for whom its addresses are. */
function withArgs(cni: object): string {
  return JSON.stringify({ ...JSON.parse(plainNetwork), args: { cni } });
}

/** What asks for an address to stay. */
export const badIdentities: readonly BadPod[] = [
  {
    what: 'a word that says neither whether nor how long an address stays',
    annotations: { [keep]: 'forever' },
    says: 'annotation berth.network/keep-address of Pod "shop/lone": its value "forever" says neither whether nor how long',
    advice: 'write true (until it is released), false, or how long, for example 90s, 30m, 12h or 7d',
  },
  {
    what: 'a time without a unit',
    annotations: { [keep]: '90' },
    says: 'annotation berth.network/keep-address of Pod "shop/lone": its value "90" says neither whether nor how long',
    advice: 'write true (until it is released), false, or how long, for example 90s, 30m, 12h or 7d',
  },
  {
    what: 'no time at all',
    annotations: { [keep]: '0s' },
    says: 'annotation berth.network/keep-address of Pod "shop/lone": its value "0s" says neither whether nor how long',
    advice: 'write true (until it is released), false, or how long, for example 90s, 30m, 12h or 7d',
  },
  {
    what: 'nothing where a time is meant',
    annotations: { [keep]: '' },
    says: 'annotation berth.network/keep-address of Pod "shop/lone": its value "" says neither whether nor how long',
    advice: 'write true (until it is released), false, or how long, for example 90s, 30m, 12h or 7d',
  },
  {
    what: 'an address that stays, of pools that lease blocks',
    annotations: { [keep]: 'true', 'ipam.spidernet.io/ippool': '{"ipv4": ["blocks"]}' },
    says: 'an address is to stay with Pod shop/lone, and an address of a block goes with its node: "blocks" leases blocks',
    advice: 'name a pool without blockSize, or set allocation.keepInBlocks on all nodes',
  },
  {
    what: 'an identity with a slash',
    network: withArgs({ identity: 'shop/db' }),
    says: 'network "plain": args.cni.identity "shop/db" is not the name of an identity',
    advice: '1 to 253 characters, no "/", white space or control character',
  },
  {
    what: 'an identity without a name',
    network: withArgs({ identity: '' }),
    says: 'network "plain": args.cni.identity "" is not the name of an identity',
    advice: '1 to 253 characters, no "/", white space or control character',
  },
  {
    what: 'a time that is none, of an identity',
    network: withArgs({ identity: 'db', keep: 'long' }),
    says: 'network "plain": args.cni.keep "long" says neither whether nor how long',
    advice: 'write true (until it is released), false, or how long, for example 90s, 30m, 12h or 7d',
  },
];
