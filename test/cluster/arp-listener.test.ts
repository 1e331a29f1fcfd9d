import { describe, expect, it } from 'vitest';
import { asRoot, needsRoot } from '../kit/privilege.ts';
import { must } from '../kit/run.ts';
import { waitFor } from '../kit/wait.ts';
import { ArpListener } from './arp-listener.ts';
import { Network } from './network.ts';
import { claimGround, clear } from './teardown.ts';

describe.skipIf(needsRoot !== '')(asRoot('a listener on the segment'), () => {
  it('hears who has an address, and that two interfaces have one', async () => {
    const ground = await claimGround();
    try {
      const network = new Network(ground);
      await network.create();
      const [one, two] = [await network.connect('one', 11), await network.connect('two', 12)];
      const gives = (netns: string, n: number): Promise<string> =>
        must('ip', ['-n', netns, 'address', 'add', `${ground.address(n)}/24`, 'dev', 'eth0']);
      await gives(one, 64);
      await gives(two, 65);
      const listener = new ArpListener(ground, [64, 67]);
      await listener.start();
      await waitFor('answers', () => listener.heard().answers >= 4 || undefined);
      expect(listener.heard().twice).toEqual([]);
      await gives(two, 64);
      await waitFor('two answers', () => listener.heard().twice.length > 0 || undefined);
      const { twice } = await listener.stop();
      expect(twice[0]).toMatch(new RegExp(`^${ground.address(64)} in round \\d+: (?:[0-9a-f]{2}[:, ]*){12}$`));
    } finally {
      await clear(ground);
    }
  });
});
