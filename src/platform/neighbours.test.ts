import { describe, expect, it } from 'vitest';
import { NeighbourTools, type Sought } from './neighbours.ts';

const segment = { netns: '/var/run/netns/pod', ifname: 'net1' };
const v4: Sought = { address: '10.9.0.5', family: 4 };
const v6: Sought = { address: 'fd09::5', family: 6 };

interface Said {
  readonly code?: number | undefined;
  readonly output?: string;
  readonly error?: string;
}

/** Tools that say what a test has them say: by a part of the command line. */
function tools(said: Readonly<Record<string, Said>>, waitMs = 1_000) {
  const ran: string[] = [];
  const run = async (file: string, args: readonly string[]) => {
    const line = [file, ...args].join(' ');
    ran.push(line);
    const [, one = {}] = Object.entries(said).find(([part]) => line.includes(part)) ?? [];
    return { code: 0, output: '', error: '', ...one };
  };
  const neighbours = new NeighbourTools(waitMs, run, () => 'fe80::1:2:3:4');
  return { neighbours, ran };
}

const twoMacs = `ARPING 10.9.0.1 from 0.0.0.0 net1
Unicast reply from 10.9.0.1 [4E:39:60:E5:32:80]  0.588ms
Unicast reply from 10.9.0.1 [4E:39:60:E5:32:81]  0.701ms
Sent 1 probes (1 broadcast(s))
Received 2 response(s)
`;

describe('neighbours asked by tools', () => {
  it.for<readonly [title: string, Sought, Said, unknown]>([
    [
      'an ARP answer',
      v4,
      {
        code: 1,
        output:
          'ARPING 10.9.0.5 from 0.0.0.0 net1\nUnicast reply from 10.9.0.5 [4E:39:60:E5:32:80]  0.588ms\nReceived 1 response(s)\n',
      },
      { kind: 'somebody', macs: ['4e:39:60:e5:32:80'] },
    ],
    [
      'no ARP answer',
      v4,
      { code: 0, output: 'Sent 1 probes (1 broadcast(s))\nReceived 0 response(s)\n' },
      { kind: 'nobody' },
    ],
    [
      'two ARP answers',
      v4,
      { code: 0, output: twoMacs },
      { kind: 'somebody', macs: ['4e:39:60:e5:32:80', '4e:39:60:e5:32:81'] },
    ],
    [
      'an interface that is down',
      v4,
      { code: 2, output: 'Interface "net1" is down\n' },
      { kind: 'unknown', why: 'Interface "net1" is down' },
    ],
    [
      'a tool that is not there',
      v4,
      { code: undefined, error: 'spawn nsenter ENOENT' },
      { kind: 'unknown', why: 'spawn nsenter ENOENT' },
    ],
    [
      'a neighbour advertisement',
      v6,
      {
        code: 0,
        output:
          'Soliciting fd09::5 (fd09::5) on net1...\nTarget link-layer address: 4E:39:60:E5:32:80\n from fd09::5\n',
      },
      { kind: 'somebody', macs: ['4e:39:60:e5:32:80'] },
    ],
    [
      'no advertisement',
      v6,
      { code: 2, output: 'Soliciting fd09::5 (fd09::5) on net1...\nTimed out.\nNo response.\n' },
      { kind: 'nobody' },
    ],
    [
      'a solicitation that cannot be sent',
      v6,
      { code: 1, error: 'Sending ICMPv6 packet: Cannot assign requested address' },
      { kind: 'unknown', why: 'Sending ICMPv6 packet: Cannot assign requested address' },
    ],
  ])('%s', async ([, sought, said, answer]) => {
    const { neighbours } = tools({ [sought.family === 4 ? 'arping' : 'ndisc6']: said });
    expect(await neighbours.ask(segment, [sought])).toEqual([answer]);
  });

  it('asks nobody through an interface that is not there yet, and says so of each', async () => {
    const { neighbours, ran } = tools({ 'ip link': { code: 1, error: 'Cannot find device "net1"\n' } });
    const why = 'interface net1 in /var/run/netns/pod: Cannot find device "net1"';
    expect(await neighbours.ask(segment, [v4, v6])).toEqual([
      { kind: 'unknown', why },
      { kind: 'unknown', why },
    ]);
    expect(ran).toHaveLength(1);
  });

  it('does not wait for the others when an answer has decided', async () => {
    const run = async (_file: string, args: readonly string[], _timeout: number, signal?: AbortSignal) => {
      if (!args.includes('ndisc6')) return { code: 0, output: twoMacs, error: '' };
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      return { code: undefined, output: '', error: 'aborted' };
    };
    const neighbours = new NeighbourTools(5_000, run);
    expect(await neighbours.ask(segment, [{ ...v4, decides: true }, v6])).toEqual([
      { kind: 'somebody', macs: ['4e:39:60:e5:32:80', '4e:39:60:e5:32:81'] },
      { kind: 'not-awaited' },
    ]);
  });

  it('asks once a second for as long as it is to wait, and for all answers without ending at the first', async () => {
    const { neighbours, ran } = tools({}, 2_500);
    await neighbours.ask(segment, [v4, { ...v4, all: true }, { ...v6, all: true }]);
    const inside = 'nsenter --net=/var/run/netns/pod --';
    expect(ran).toEqual([
      `${inside} ip link set dev net1 up`,
      `${inside} ip -6 addr add fe80::1:2:3:4/64 dev net1 nodad valid_lft 7 preferred_lft 7`,
      `${inside} arping -D -c 3 -w 3 -I net1 10.9.0.5`,
      `${inside} arping -b -s 0.0.0.0 -c 4 -w 3 -I net1 10.9.0.5`,
      `${inside} ndisc6 -n -m -r 3 -w 1000 fd09::5 net1`,
      `${inside} ip -6 addr del fe80::1:2:3:4/64 dev net1`,
    ]);
  });

  it('names a tool that is missing, and another program of its name', async () => {
    const all = {
      'arping -V': { output: 'arping from iputils 20221126' },
      'ndisc6 -V': { output: 'ndisc6: IPv6 Neighbor/Router Discovery userland tool 1.0.5' },
      'ip -V': { output: 'ip utility, iproute2-6.1.0' },
      'nsenter -V': { output: 'nsenter from util-linux 2.38.1' },
    };
    await expect(tools(all).neighbours.requireTools()).resolves.toBeUndefined();
    const other = { ...all, 'arping -V': { code: 1, output: 'ARPing 2.23, by Thomas Habets' } };
    await expect(tools(other).neighbours.requireTools()).rejects.toMatchObject({
      code: 'invalid-config',
      message: 'conflicts are looked for, and this machine has no arping of iputils',
    });
  });
});
