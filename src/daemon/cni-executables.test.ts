import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { executableNames, installExecutables, removeExecutables } from './cni-executables.ts';

describe('the CNI executables of a node', () => {
  let work = '';
  let program = '';
  let folder = '';
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'berth-executables-'));
    program = join(work, 'program');
    folder = join(work, 'opt/cni/bin');
    writeFileSync(program, 'one application/x-berth-cni', { mode: 0o600 });
  });
  afterEach(() => rmSync(work, { recursive: true }));

  it('are there by all their names, and may be run, and nothing else is left', () => {
    const outcome = installExecutables(program, folder);
    expect(outcome).toEqual(new Map(executableNames.map((name) => [name, 'installed'])));
    expect(readdirSync(folder).sort()).toEqual([...executableNames].sort());
    for (const name of executableNames) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o755);
  });

  it('are replaced by a new version, never written over: a runtime may be running them', () => {
    installExecutables(program, folder);
    const before = statSync(join(folder, 'ipam-plugin')).ino;
    expect(installExecutables(program, folder).get('ipam-plugin')).toBe('unchanged');
    expect(statSync(join(folder, 'ipam-plugin')).ino).toBe(before);
    writeFileSync(program, 'two application/x-berth-cni');
    expect(installExecutables(program, folder).get('ipam-plugin')).toBe('installed');
    expect(statSync(join(folder, 'ipam-plugin')).ino).not.toBe(before);
    expect(read('spiderpool')).toContain('two');
  });

  it('leave Spiderpool and kube-ipam their own executables, and every other plugin', () => {
    installExecutables(program, folder);
    writeFileSync(join(folder, 'spiderpool'), 'of another program');
    writeFileSync(join(folder, 'kube-ipam'), 'of another program');
    writeFileSync(join(folder, 'macvlan'), 'of another program');
    writeFileSync(program, 'two application/x-berth-cni');
    const outcome = installExecutables(program, folder);
    expect([outcome.get('spiderpool'), outcome.get('kube-ipam')]).toEqual(['kept', 'kept']);
    expect(read('spiderpool')).toBe('of another program');
    writeFileSync(join(folder, '.ipam-cni.berth-new'), 'left by a crash');
    expect(removeExecutables(folder)).toEqual(['ipam-plugin', 'ipam-cni']);
    expect(readdirSync(folder).sort()).toEqual(['kube-ipam', 'macvlan', 'spiderpool']);
  });
});
