import { describe, expect, it } from 'vitest';
import { Past } from './past.ts';
import { attachmentOf, Stage } from './stage.ts';

/** A container whose address comes into quarantine, and whose next ADD changes it, or is refused. */
async function changed(told: (past: Past, name: string) => void) {
  const stage = await Stage.open({ pools: { office: { subnet: '10.0.0.0/24' } }, nodes: 1 });
  const node = stage.node(1);
  const past = new Past(stage.world);
  const [address = ''] = await stage.add(node, 'a', 'web-0', 'office');
  past.told(node.name, attachmentOf('a'), [address]);
  await stage.pass(10_000);
  await stage.quarantine(node, address, 'somebody else answers for it');
  told(past, node.name);
  await stage.add(node, 'a', 'web-0', 'office');
  await stage.pass(60_000);
  past.ended(node.name, attachmentOf('a'));
  past.run([node]);
  await stage.pass(400_000);
  return { asked: past.asked, broken: stage.world.broken?.message };
}

describe('what a runtime knows of the past', () => {
  it('ends where an ADD is sent by which its address may be changed', async () => {
    const { asked, broken } = await changed((past, node) => past.doubted(node, attachmentOf('a')));
    expect(broken).toBeUndefined();
    expect(asked).toBeGreaterThan(20);
  });

  it('goes on where that ADD has left it as it was', async () => {
    const { broken } = await changed((past, node) => {
      past.doubted(node, attachmentOf('a'));
      past.kept(node, attachmentOf('a'));
    });
    // Here it was changed: an answer that says so is found wrong.
    expect(broken).toContain('and it was with net/a/eth0');
  });
});
