import { describe, expect, it } from 'vitest';
import { OwnWrites } from './own-writes.ts';

type Event = 'asked' | 'answered' | 'wrote' | 'shown' | 'dropped' | 'undeleted' | 'removed' | 'disowned';

/** The version that is deleted, and a later one. */
const [deleted, later] = [7n, 8n];

/**
 * Plays a transcript, an event a line as `event uid`, `listed uid uid …` for a list, and `uid?` for a question: `uid+?` when a
 * version is shown that is later than the one that was deleted.
 * @returns what was answered to the questions, in their order
 */
function play(transcript: string, writes = new OwnWrites(2)): readonly string[] {
  const answers: string[] = [];
  for (const line of transcript.trim().split('\n')) {
    const [event = '', ...uids] = line.trim().split(' ');
    const [uid = ''] = uids;
    if (event.endsWith('+?')) answers.push(standingOf(writes, event.slice(0, -2), later));
    else if (event.endsWith('?')) answers.push(standingOf(writes, event.slice(0, -1), deleted));
    else if (event === 'deleting') writes.deleting(uid, deleted);
    else if (event === 'listed') writes.listed(new Set(uids));
    else if (event === 'wentBack') writes.wentBack();
    else writes[event as Event](uid);
  }
  return answers;
}

function standingOf(writes: OwnWrites, uid: string, shown: bigint): string {
  const standing = {
    unseen: writes.isUnseen(uid),
    leaving: writes.isLeaving(uid, shown),
    gone: writes.isGone(uid),
    passed: writes.hasPassed(uid),
  };
  const names = Object.entries(standing).flatMap(([name, is]) => (is ? [name] : []));
  return names.join(' ') || '-';
}

describe('own writes', () => {
  it.each<[string, string, readonly string[]]>([
    ['are believed from their answer until the watch shows them', 'a?\nwrote a\na?\nshown a\na?', ['-', 'unseen', '-']],
    [
      'are believed no more when they are dropped, or shown to be gone',
      'wrote a\ndropped a\na?\nwrote b\nremoved b\nb?',
      ['-', '-'],
    ],
    ['are left alone by a list: it may be older than they are', 'wrote a\nlisted\na?', ['unseen']],
    [
      'that delete hold until their event, and are known after it',
      'deleting a\na?\nremoved a\na?',
      ['leaving', 'gone'],
    ],
    ['that delete hold until a list without the object', 'deleting a\nlisted a\na?\nlisted b\na?', ['leaving', 'gone']],
    ['that delete are undone when they are refused', 'deleting a\nundeleted a\na?\nremoved a\na?', ['-', '-']],
    ['that delete what nothing has shown yet leave both behind', 'wrote a\ndeleting a\nremoved a\na?', ['gone']],
    [
      'of a former life are gone from the beginning, and may be deleted once more',
      'disowned a\na?\ndeleting a\na?',
      ['gone', 'leaving'],
    ],
    [
      'that delete have come to pass when the store went back',
      'deleting a\nwentBack\na?\nlisted a\na?',
      ['gone', 'gone'],
    ],
    [
      'that delete have come to pass when a later version is shown: the event was missed, and there it is once more',
      'deleting a\nlisted a\na?\na+?\na?',
      ['leaving', 'gone', 'gone'],
    ],
    ['of others are none', 'shown a\nremoved a\na?', ['-']],
  ])('%s', (_, transcript, answers) => {
    expect(play(transcript)).toEqual(answers);
  });

  it('whose event overtook the answer have come and gone when the answer comes', () => {
    expect(play('asked\nshown a\ndropped a\na?\nanswered\na?')).toEqual(['passed', '-']);
  });

  it('have come and gone for as long as any answer is due, and not while none is', () => {
    expect(play('dropped a\na?\nasked\nasked\ndropped b\nanswered\nb?\nanswered\nb?')).toEqual(['-', 'passed', '-']);
  });

  it('keep the latest deletes, and each that is still leaving', () => {
    const first = 'deleting a\ndeleting b\nremoved a\nremoved b';
    expect(play(`${first}\ndeleting c\na?\nb?\nc?`)).toEqual(['-', 'gone', 'leaving']);
    expect(play('deleting a\ndeleting b\ndeleting c\na?\nb?\nc?')).toEqual(['leaving', 'leaving', 'leaving']);
  });

  it('keep no delete whose event has come, for who does not ask for it', () => {
    expect(play('deleting a\na?\nremoved a\na?', new OwnWrites())).toEqual(['leaving', '-']);
  });

  it.each(['shown', 'dropped', 'removed'] as const)('let who waits for a create go on when it is %s', async (event) => {
    const writes = new OwnWrites();
    const woken: string[] = [];
    writes.wrote('a');
    const both = ['one', 'two'].map((name) => writes.untilShown('a').then(() => void woken.push(name)));
    await Promise.resolve();
    expect(woken).toEqual([]);
    writes[event]('a');
    await Promise.all([...both, writes.untilShown('a')]);
    expect(woken).toEqual(['one', 'two']);
  });
});
