import { describe, expect, it } from 'vitest';
import { keepsWhenScaled, type ScaleDownPolicy, whenScaledAnnotation } from './scale-down.ts';

describe('the address of an ordinal that is scaled away', () => {
  it.each<[string, Record<string, string>, ScaleDownPolicy, boolean]>([
    ['goes with its ordinal where nothing is said', {}, 'Delete', false],
    ['stays where the controller says so', {}, 'Retain', true],
    ['stays where its StatefulSet says so', { [whenScaledAnnotation]: 'Retain' }, 'Delete', true],
    [
      'goes where its StatefulSet says so, whatever the controller says',
      { [whenScaledAnnotation]: 'Delete' },
      'Retain',
      false,
    ],
    ['stays where what its StatefulSet says cannot be read', { [whenScaledAnnotation]: 'delete' }, 'Delete', true],
  ])('%s', (_, annotations, usual, keeps) => expect(keepsWhenScaled(annotations, usual)).toBe(keeps));
});
