import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { releaseNotes } from './release-notes.ts';

const changelog = `# Changelog

## [Unreleased]

### Added

- B. It has ## in it.

## [0.2.0] - 2026-12-01

### Fixed

- A

## [0.1.0] - 2026-11-01
`;

describe('the notes of a release', () => {
  it.each([
    ['0.2.0', '### Fixed\n\n- A\n'],
    ['Unreleased', '### Added\n\n- B. It has ## in it.\n'],
  ])('of %s are what the changelog says of it', (version, notes) =>
    expect(releaseNotes(changelog, version)).toBe(notes),
  );

  it.each([
    ['0.3.0', 'has no section [0.3.0]'],
    ['0.1.0', 'says nothing of 0.1.0'],
  ])('of %s are missed', (version, says) => expect(() => releaseNotes(changelog, version)).toThrow(says));
});

describe('the version', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
  const { version } = JSON.parse(read('package.json')) as { version: string };

  it.each([
    ['the lock file', () => (JSON.parse(read('package-lock.json')) as { version: string }).version],
    ['the manifests', () => tagOf('deploy/kustomization.yaml')],
    ['the manifests that uninstall', () => tagOf('deploy/uninstall/kustomization.yaml')],
    ['the Helm chart', () => (parse(read('deploy/helm/berth/Chart.yaml')) as { version: string }).version],
    ['the example of a recovery', () => /image: berth:(\S+)/.exec(read('deploy/examples/recover.yaml'))?.[1]],
  ])('is the same in %s', (_where, said) => expect(said()).toBe(version));

  function tagOf(path: string): string | undefined {
    return (parse(read(path)) as { images: { newTag: string }[] }).images[0]?.newTag;
  }
});
