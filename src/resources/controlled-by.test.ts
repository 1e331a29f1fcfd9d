import { describe, expect, it } from 'vitest';
import { controlledByText, parseControlledBy } from './controlled-by.ts';

const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d8f', uid: '6c4b' };

describe('what a claim says of who keeps its Pod', () => {
  it.each([[replicaSet, 'apps/v1 ReplicaSet web-5d8f 6c4b'] as const, [undefined, 'Pod'] as const])(
    'reads back as it was written: %o',
    (controller, text) => {
      expect(controlledByText(controller)).toBe(text);
      expect(parseControlledBy(text)).toEqual({ controller });
    },
  );

  it.each([undefined, '', 'apps/v1 ReplicaSet web-5d8f', 'apps/v1 ReplicaSet web-5d8f 6c4b more', 'nonsense'])(
    'tells nothing when it is %o',
    (text) => {
      expect(parseControlledBy(text)).toBeUndefined();
    },
  );
});
