import { roomsTable } from './rooms.ts';

/** Pages with the table of rooms, between two comments. */
export const roomPages = ['CONTRIBUTING.md', 'docs/architecture.md'];

const [begin, end] = ['<!-- rooms: make generate -->\n', '<!-- end of rooms -->'];

/** @throws Error when the page has no place for it */
export function withRooms(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no place for the table of rooms: ${begin}`);
  return page.slice(0, from + begin.length) + roomsTable() + page.slice(to);
}
