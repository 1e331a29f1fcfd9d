import { describe, expect, it } from 'vitest';
import { fixedIp, plain, published, world } from '../testing/asking-world.ts';

describe("kube-ipam's configuration, as its README has it", () => {
  it('gives addresses of its range, and the fixed one outside of it, on whichever node and after a delete', async () => {
    const { c, apps, one, two } = await world();
    expect(await one.add('api-77-a')).toMatch(/^10\.188\.0\.(1\d|[2-9]\d|1\d\d|200)\/16 via 10\.188\.0\.1$/);
    apps.templates.set('web', fixedIp);
    expect(await one.add('web-5d8f-dbbsd')).toBe('10.188.0.216/16 via 10.188.0.1');
    await one.del('web-5d8f-dbbsd');
    expect(await c.claims()).toContain('10.188.0.216 parked');
    expect(await two.add('web-5d8f-xjhek')).toBe('10.188.0.216/16 via 10.188.0.1');
    expect((await c.claim('10.188.0.216')).spec).toMatchObject({
      ownerKind: 'Deployment',
      ownerName: 'web',
      node: 'node2',
      podName: 'web-5d8f-xjhek',
      podUid: 'uid-of-web-5d8f-xjhek',
    });
    expect([await one.daemon.administration.check(), await two.daemon.administration.check()]).toEqual([[], []]);
  });

  it('never gives at random what is to be asked for', async () => {
    const { one } = await world();
    const ipam = { ...published.ipam, rangeStart: '10.188.0.10', rangeEnd: '10.188.0.11' };
    const network = { ...published, ipam };
    const given = [await one.add('a', { network }), await one.add('b', { network })];
    expect(given.sort()).toEqual(['10.188.0.10/16 via 10.188.0.1', '10.188.0.11/16 via 10.188.0.1']);
    expect(await one.add('c', { network })).toMatch(
      /^no IPv4 address left: range 10\.188\.0\.10-10\.188\.0\.11 of network "k8snetwork" has 2 of 2 in use/,
    );
  });

  it('takes several subnets with fixedStart and fixedEnd, and a fixed address of either', async () => {
    const { apps, one } = await world();
    const { subnet: _, rangeStart: __, rangeEnd: ___, gateway: ____, ...rest } = published.ipam;
    const ranges = [
      [
        {
          subnet: '10.188.0.0/16',
          fixedStart: '10.188.0.10',
          fixedEnd: '10.188.3.155',
          rangeStart: '10.188.3.156',
          rangeEnd: '10.188.255.254',
          gateway: '10.188.0.1',
        },
        { subnet: '10.199.0.0/16', fixedStart: '10.199.0.10', fixedEnd: '10.199.0.255' },
      ],
    ];
    const network = { ...published, ipam: { ...rest, ranges } };
    apps.templates.set('web', { 'kube-ipam.ip': '10.199.0.77' });
    expect(await one.add('web-5d8f-a', { network })).toBe('10.199.0.77/16 via 10.199.0.1');
    apps.templates.set('web', { 'kube-ipam.ip': '10.199.1.0' });
    expect(await one.add('web-77aa-b', { network })).toBe('10.199.1.0/16 via 10.199.0.1');
    apps.templates.set('web', { 'kube-ipam.ip': '10.188.0.9' });
    expect(await one.add('web-88aa-c', { network })).toMatch(
      /^address 10\.188\.0\.9 of range .* is never given out: it is in none of its ranges/,
    );
  });
});

describe('the addresses of an application', () => {
  const two = { 'kube-ipam.ip': '10.188.0.216,10.188.0.220-10.188.0.221' };

  it('are one for each of its Pods, and the same again through a rolling update with one to spare', async () => {
    const { c, apps, one, two: other } = await world();
    apps.templates.set('web', two);
    const given = [await one.add('web-aa-1'), await other.add('web-aa-2')];
    expect(given).toEqual(['10.188.0.216/16 via 10.188.0.1', '10.188.0.220/16 via 10.188.0.1']);
    expect(await other.add('web-bb-1')).toBe('10.188.0.221/16 via 10.188.0.1');
    await one.del('web-aa-1');
    expect(await one.add('web-bb-2')).toBe('10.188.0.216/16 via 10.188.0.1');
    await other.del('web-aa-2');
    expect(await c.claims()).toEqual(['10.188.0.216 web-bb-2', '10.188.0.220 parked', '10.188.0.221 web-bb-1']);
  });

  it('are the same where daemons know their own claims only', async () => {
    const { c, apps, one, two: other } = await world({ knowsOnlyOwnClaims: true });
    apps.templates.set('web', two);
    expect([await one.add('web-aa-1'), await other.add('web-aa-2')]).toEqual([
      '10.188.0.216/16 via 10.188.0.1',
      '10.188.0.220/16 via 10.188.0.1',
    ]);
    await one.del('web-aa-1');
    expect(await other.add('web-bb-1')).toBe('10.188.0.216/16 via 10.188.0.1');
    expect(await c.claims()).toEqual(['10.188.0.216 web-bb-1', '10.188.0.220 web-aa-2']);
    apps.templates.set('api', { 'kube-ipam.ip': '10.188.0.216' });
    expect(await one.add('api-cc-1')).toMatch(
      /^address 10\.188\.0\.216 is held by Pod shop\/web-bb-1 of Deployment shop\/web on node "node2"/,
    );
  });

  it('say what to change when a rolling update finds none to spare', async () => {
    const { apps, one, two: other } = await world();
    apps.templates.set('web', fixedIp);
    await one.add('web-aa-1');
    expect(await other.add('web-bb-1')).toBe(
      'address 10.188.0.216 is held by Pod shop/web-aa-1 of Deployment shop/web on node "node1" (annotation kube-ipam.ip of Pod "shop/web-bb-1"); all of them are in use by its own Pods: name one more address than there are replicas, or set strategy.rollingUpdate.maxSurge to 0 (or strategy.type to Recreate), so that an old Pod ends before a new one begins',
    );
    await one.del('web-aa-1');
    expect(await other.add('web-bb-1')).toBe('10.188.0.216/16 via 10.188.0.1');
  });

  it('are each for one of many Pods that come at once, on either node', async () => {
    const { c, apps, one, two: other } = await world();
    apps.templates.set('web', { 'kube-ipam.ip': '10.188.1.0-10.188.1.19' });
    const names = Array.from({ length: 20 }, (_, index) => index);
    const addAll = (hash: string) =>
      Promise.all(names.map((index) => (index % 2 === 0 ? one : other).add(`web-${hash}-${index}`)));
    const first = await addAll('aa');
    expect(new Set(first).size).toBe(20);
    for (const index of names) await (index % 2 === 0 ? one : other).del(`web-aa-${index}`);
    expect((await c.claims()).filter((claim) => claim.endsWith(' parked'))).toHaveLength(20);
    const left: string[] = [];
    // A runtime asks again for what was refused because another node was faster.
    for (let round = 0; round < 5 && left.length < 20; round += 1) {
      for (const answer of await addAll(`b${round}`)) if (answer.startsWith('10.')) left.push(answer);
    }
    expect(left.sort()).toEqual(first.toSorted());
  });

  it('go when it asks for others, and stay with a StatefulSet in the order of its Pods', async () => {
    const { c, apps, one } = await world();
    apps.templates.set('web', fixedIp);
    await one.add('web-aa-1');
    await one.del('web-aa-1');
    apps.templates.set('web', { 'kube-ipam.ip': '10.188.0.217' });
    await one.add('web-bb-1');
    expect(await c.claims()).toEqual(['10.188.0.217 web-bb-1']);
    apps.templates.set('db', two);
    expect(await one.add('db-1')).toBe('10.188.0.220/16 via 10.188.0.1');
    expect(await one.add('db-0')).toBe('10.188.0.216/16 via 10.188.0.1');
    await one.del('db-1');
    expect(await one.add('db-2')).toBe('10.188.0.221/16 via 10.188.0.1');
    expect(await one.add('db-1', { id: 'again' })).toBe('10.188.0.220/16 via 10.188.0.1');
  });

  it("are given of pools that people make as well, by Calico's annotation too", async () => {
    const { c, apps, one } = await world();
    apps.templates.set('web', { 'cni.projectcalico.org/ipAddrs': '["10.6.0.100"]' });
    expect(await one.add('web-aa-1', { network: plain })).toBe('10.6.0.100/24 via 10.6.0.1');
    await one.del('web-aa-1', { network: plain });
    expect(await c.claims()).toEqual(['10.6.0.100 parked']);
    apps.templates.set('db', { 'kube-ipam.ip': '10.6.0.15', 'kube-ipam.gateway': '10.6.0.2' });
    expect(await one.add('db-0', { network: plain })).toBe('10.6.0.15/24 via 10.6.0.2');
  });

  it("are the other interface's where a Pod has several networks", async () => {
    const { apps, one } = await world();
    apps.templates.set('db', { ...fixedIp, 'k8s.v1.cni.cncf.io/networks': 'k8snetwork' });
    expect(await one.add('db-0', { network: plain })).toMatch(/^10\.6\.0\.1\d\/24 via 10\.6\.0\.1$/);
    expect(await one.add('db-0', { ifname: 'net1' })).toBe('10.188.0.216/16 via 10.188.0.1');
  });
});
