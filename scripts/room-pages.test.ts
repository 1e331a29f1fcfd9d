import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roomPages, withRooms } from './room-pages.ts';

describe('the table of rooms', () => {
  it.each(roomPages)('in %s is that of scripts/rooms.ts (else: make generate)', (page) => {
    const text = readFileSync(join(import.meta.dirname, '..', page), 'utf8');
    expect(text).toBe(withRooms(text));
  });

  it('needs its place', () => {
    expect(() => withRooms('# Nothing')).toThrow(/no place/);
  });
});
