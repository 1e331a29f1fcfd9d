import { describe, expect, it } from 'vitest';
import { reservedIPKind } from '../../resources/reserved-ip.ts';
import { plain, published, world } from '../testing/asking-world.ts';
import { pool } from '../testing/world.ts';

describe('an address that an annotation asks for', () => {
  it.each<[string, Record<string, string>, object, RegExp]>([
    [
      'is outside of the subnet',
      { 'kube-ipam.ip': '10.189.0.9' },
      published,
      /^requested address 10\.189\.0\.9 is in none of the pools: .* 10\.188\.0\.0\/16 \(annotation kube-ipam\.ip of Pod "shop\/lone"\)$/,
    ],
    [
      'is outside of the subnet, one of a list',
      { 'kube-ipam.ip': '10.188.0.216,10.189.0.9' },
      published,
      /^requested address 10\.189\.0\.9 is in none of the pools/,
    ],
    [
      "is outside of the subnet of the only network of kube-ipam's",
      { 'kube-ipam.ip': '10.189.0.9', 'k8s.v1.cni.cncf.io/networks': 'b' },
      published,
      /^requested address 10\.189\.0\.9 is in none of the pools/,
    ],
    [
      'is the gateway',
      { 'kube-ipam.ip': '10.188.0.1' },
      published,
      /^address 10\.188\.0\.1 of range .* is never given out: it is its gateway/,
    ],
    [
      'is the broadcast address',
      { 'kube-ipam.ip': '10.188.255.255' },
      published,
      /it is a network or broadcast address/,
    ],
    ['is reserved', { 'kube-ipam.ip': '10.6.0.101' }, plain, /it is reserved by SpiderReservedIP "kept"/],
    [
      'is in quarantine',
      { 'kube-ipam.ip': '10.6.0.102' },
      plain,
      /^address 10\.6\.0\.102 of pool "office" is in quarantine: answers ARP/,
    ],
    [
      'is in none of the ranges',
      { 'kube-ipam.ip': '10.6.0.50' },
      plain,
      /it is in none of its ranges \(spec\.ips\) .*list it in spec\.ips, or in spec\.fixedIPs/,
    ],
    [
      'is held by another Pod',
      { 'kube-ipam.ip': '10.6.0.103' },
      plain,
      /^address 10\.6\.0\.103 is held by Pod shop\/other on node "node1"/,
    ],
    [
      'is kept for another application',
      { 'kube-ipam.ip': '10.6.0.104' },
      plain,
      /^address 10\.6\.0\.104 is kept for Pods of Deployment shop\/web \(eth0\), which come again/,
    ],
    [
      "all of a list are somebody's",
      { 'kube-ipam.ip': '10.6.0.103-10.6.0.104' },
      plain,
      /^no IPv4 address is left of 10\.6\.0\.103-10\.6\.0\.104 \(annotation .*\): address 10\.6\.0\.103 is held by .*; address 10\.6\.0\.104 is kept for /,
    ],
    [
      'has a netmask of another subnet',
      { 'kube-ipam.ip': '10.188.0.216', 'kube-ipam.netmask': '255.255.255.0' },
      published,
      /has subnet 10\.188\.0\.0\/16, and 10\.188\.0\.216 is asked for with \/24/,
    ],
    [
      'has a gateway of elsewhere',
      { 'kube-ipam.ip': '10.188.0.216', 'kube-ipam.gateway': '10.1.0.1' },
      published,
      /has subnet 10\.188\.0\.0\/16, which has no gateway 10\.1\.0\.1/,
    ],
    [
      'has a gateway that Pods may have',
      { 'kube-ipam.ip': '10.188.0.216', 'kube-ipam.gateway': '10.188.0.20' },
      published,
      /gives 10\.188\.0\.20 to Pods, and it is asked for as a gateway/,
    ],
    [
      'comes by two annotations',
      { 'kube-ipam.ip': '10.6.0.100', 'cni.projectcalico.org/ipAddrs': '["10.6.0.100"]' },
      plain,
      /Calico and kube-ipam both say which addresses they are/,
    ],
    [
      'comes by the call as well',
      { 'kube-ipam.ip': '10.6.0.100' },
      { ...plain, args: { cni: { ips: ['10.6.0.105'] } } },
      /^Pod "shop\/lone": the call asks for 10\.6\.0\.105 .*, and annotation kube-ipam\.ip of Pod "shop\/lone" for 10\.6\.0\.100/,
    ],
  ])('is refused when it %s', async (_, annotations, network, says) => {
    const { apps, one } = await world();
    const { resources } = one.daemon;
    const kept = { apiVersion: pool('x', {}).apiVersion, kind: reservedIPKind, metadata: { name: 'kept' } };
    await resources.apply({ ...kept, spec: { ips: ['10.6.0.101'] } });
    await one.daemon.administration.quarantine({ family: 4, value: 0x0a060066n }, 'answers ARP');
    apps.templates.set('other', { 'kube-ipam.ip': '10.6.0.103' });
    await one.add('other', { network: plain });
    apps.templates.set('web', { 'kube-ipam.ip': '10.6.0.104' });
    await one.add('web-aa-1', { network: plain });
    await one.del('web-aa-1', { network: plain });
    apps.templates.set('lone', annotations);
    expect((await one.add('lone', { network })).replaceAll('\n', ' ')).toMatch(says);
    expect(await one.daemon.administration.check()).toEqual([]);
  });

  it('is refused with an Event on the Pod that names who has it, each time that it comes', async () => {
    const told: string[] = [];
    const { apps, one } = await world({
      onRefused: ({ name }, { code, message }) => told.push(`${name} ${code} ${message}`),
    });
    apps.templates.set('other', { 'kube-ipam.ip': '10.6.0.103' });
    await one.add('other', { network: plain });
    apps.templates.set('lone', { 'kube-ipam.ip': '10.6.0.103' });
    await one.add('lone', { network: plain });
    await one.add('lone', { network: plain });
    const says = 'lone address-taken address 10.6.0.103 is held by Pod shop/other on node "node1"';
    expect(told).toEqual([expect.stringContaining(says), expect.stringContaining(says)]);
  });

  it('is refused in a pool with blocks, which no claim keeps', async () => {
    const { apps, one } = await world();
    await one.daemon.resources.apply(pool('blocks', { subnet: '10.7.0.0/16', blockSize: 24 }));
    apps.templates.set('lone', { 'kube-ipam.ip': '10.7.0.9' });
    const network = { ...plain, ipam: { type: 'ipam-plugin', pools: ['blocks'] } };
    expect(await one.add('lone', { network })).toMatch(
      /"blocks" leases blocks, and a fixed address \(annotation kube-ipam\.ip of Pod "shop\/lone"\) is given by a pool without blockSize/,
    );
  });
});
