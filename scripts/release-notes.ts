/**
 * What the changelog says of a version: the notes of its release.
 * usage: release-notes.ts VERSION; with the version `Unreleased` what has changed since the last one
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The section `## [VERSION]` of a changelog in the form of Keep a Changelog, without its title.
 * @throws Error when there is none, or nothing in it: a release says what has changed
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) {
    throw new Error(`CHANGELOG.md has no section [${version}]: what was under [Unreleased] becomes it, with the date`);
  }
  const [, ...lines] = section.split('\n');
  const text = lines.join('\n').trim();
  if (text === '') throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return `${text}\n`;
}

if (import.meta.main) {
  const [version = ''] = process.argv.slice(2);
  if (version === '') throw new Error('usage: release-notes.ts VERSION');
  const changelog = readFileSync(join(import.meta.dirname, '../CHANGELOG.md'), 'utf8');
  process.stdout.write(releaseNotes(changelog, version));
}
