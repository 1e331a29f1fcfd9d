import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../src/cli/client.ts';
import { type CniResult, cni } from '../kit/cni.ts';
import { DaemonProcess, httpStatus } from '../kit/daemon-process.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { must } from '../kit/run.ts';

describe.skipIf(needsRoot !== '')(
  asRoot('a daemon that runs, and from which every free file descriptor is taken'),
  () => {
    const daemon = new DaemonProcess();
    beforeAll(() => daemon.start());
    afterAll(() => daemon.remove());

    const call = (command: string, containerId: string): Promise<CniResult> =>
      cni(
        'ipam-plugin',
        { cniVersion: '1.1.0', name: 'net', type: 'ptp', ipam: { type: 'ipam-plugin', daemonSocket: daemon.socket } },
        { command, containerId, netns: '/var/run/netns/none' },
      );
    /** Those that are open stay; the next one would have a number beyond the limit. */
    const limitTo = (descriptors: string) => must('prlimit', ['--pid', String(daemon.pid), `--nofile=${descriptors}:`]);
    const held = async (): Promise<readonly string[]> => {
      const client = openClient(daemon.socket, 60_000);
      try {
        const { allocations } = await client.call('ListAllocations', { limit: 100 });
        return allocations.map(({ container_id }) => container_id).sort();
      } finally {
        client.close();
      }
    };

    it('refuses what needs one, answers who is connected, loses nothing, and goes on when there are some again', async () => {
      expect(await call('ADD', 'before')).toMatchObject({ exit: 0 });
      const connected = openClient(daemon.socket, 60_000);
      await connected.call('Check', {});
      await limitTo('3');
      const without = ['without-1', 'without-2', 'without-3'];
      const refused = await Promise.all(without.map((one) => call('ADD', one)));
      expect(refused.map(({ exit, json }) => [exit, json.code])).toEqual(refused.map(() => [1, 11]));
      // The connection that is there needs no other, and neither does the journal.
      expect(await connected.call('Check', {})).toMatchObject({ allocations_checked: 1, violations: [] });
      expect(daemon.end).toBeUndefined();

      await limitTo('1024');
      connected.close();
      // They waited to be accepted, and nobody is there for the answer: their DELs come after them.
      expect(await Promise.all(without.map((one) => call('DEL', one)))).toMatchObject(without.map(() => ({ exit: 0 })));
      expect(await held()).toEqual(['before']);
      expect(await call('ADD', 'after')).toMatchObject({ exit: 0 });
      expect(await call('DEL', 'before')).toMatchObject({ exit: 0 });
      expect(await held()).toEqual(['after']);
      expect(await httpStatus(daemon.socket, '/readyz')).toBe(200);
      expect((await daemon.cli('check')).exit).toBe(0);
    });
  },
);
