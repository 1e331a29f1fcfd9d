import { describe, expect, it } from 'vitest';
import { keptText, parseKept } from './kept-pod.ts';

const web = { pod: 'default/web-0', resource: 'default/StatefulSet/web', addresses: ['10.240.1.10', 'fd00:240::a'] };

describe('the record of a Pod whose addresses stay', () => {
  it('is a line that a person can read, and is read back', () => {
    const text = keptText(web);
    expect(text).toBe('StatefulSet/web 10.240.1.10 fd00:240::a');
    expect(parseKept('default', 'web-0', text)).toEqual(web);
  });

  it.each(['', 'web 10.0.0.1', 'StatefulSet/web 10.0.0', 'StatefulSet/web 10.0.0.1/24', 'a/b/c 10.0.0.1'])(
    'is left alone when it is not one: %j',
    (text) => expect(parseKept('default', 'web-0', text)).toBeUndefined(),
  );
});
