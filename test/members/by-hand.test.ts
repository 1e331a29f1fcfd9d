import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemberCluster } from '../kit/member-cluster.ts';
import { asRoot, needsRoot } from '../kit/privilege.ts';

/** `ipam-cli members`, by who does not leave it to `--join`. */
describe.skipIf(needsRoot !== '')(asRoot('a cluster that is changed by hand'), { timeout: 300_000 }, () => {
  const cluster = new MemberCluster();
  const members = async (...args: readonly string[]) => {
    const { exit, stdout, stderr } = await cluster.get('ipam-1').daemon.cli('members', ...args);
    return { exit, said: stdout + stderr };
  };

  beforeAll(async () => {
    await cluster.open();
    await cluster.start('ipam-1', 'ipam-2', 'ipam-3');
    await cluster.voters(3);
  }, 300_000);
  afterAll(() => cluster.close());

  it('expects a member before its daemon is there, who has no vote until it has caught up', async () => {
    const expected = { exit: 0, said: 'expecting "ipam-4" at 10.77.0.4:7000: start its daemon with --join\n' };
    expect(await members('add', 'ipam-4', '10.77.0.4:7000')).toEqual(expected);
    // Said twice it is the same member.
    expect(await members('add', 'ipam-4', '10.77.0.4:7000')).toEqual(expected);
    const coming = (await cluster.list()).filter(({ name }) => name === '');
    expect(coming).toMatchObject([{ address: '10.77.0.4:7000', is_learner: true, report: null }]);
    const refused = await members('promote', coming[0]?.id ?? '');
    expect(refused).toMatchObject({ exit: 1, said: expect.stringMatching(/learner/) });
    expect(await cluster.list()).toHaveLength(4);
  });

  it('takes it in when it comes, and promotes it once', async () => {
    await cluster.join('ipam-4', cluster.get('ipam-2'));
    await cluster.voters(4);
    expect(await members('promote', 'ipam-4')).toEqual({ exit: 0, said: 'member "ipam-4" votes\n' });
    expect(await members('add', 'ipam-4', '10.77.0.4:7000')).toMatchObject({
      exit: 1,
      said: expect.stringContaining('"ipam-4" at 10.77.0.4:7000 is a member already'),
    });
  });

  it('says that nobody has a name', async () => {
    for (const verb of ['promote', 'remove', 'lead'])
      expect(await members(verb, 'ipam-9')).toMatchObject({
        exit: 4,
        said: expect.stringContaining('no member is named "ipam-9"'),
      });
  });
});
