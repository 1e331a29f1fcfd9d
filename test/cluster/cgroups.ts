import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const mount = '/sys/fs/cgroup';
const isUnified = existsSync(join(mount, 'cgroup.controllers'));

/** Makes a control group in every hierarchy, as kubelet wants to find its root. `name` may have one parent. */
export function makeControlGroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    let directory = hierarchy;
    for (const part of name.split('/')) {
      const parent = directory;
      directory = join(directory, part);
      if (isUnified) passControllers(parent);
      mkdirSync(directory, { recursive: true });
      // Version 1 starts a cpuset empty, and nothing can run in an empty one.
      for (const file of ['cpuset.cpus', 'cpuset.mems']) copyIfEmpty(join(parent, file), join(directory, file));
    }
  }
}

/** Processes in a control group and those below it, in any hierarchy. */
export function processesInControlGroup(name: string): number[] {
  const pids = groupsBelow(name).flatMap((group) => {
    try {
      return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  });
  return [...new Set(pids)];
}

/** Removes an empty control group and those below it. @returns true when nothing is left */
export function removeControlGroup(name: string): boolean {
  // Deepest first: the list has parents before their children.
  for (const group of groupsBelow(name).reverse()) {
    try {
      rmdirSync(group);
    } catch {
      // Busy for a moment after its last process ended, or gone.
    }
  }
  return groupsBelow(name).length === 0;
}

function hierarchies(): string[] {
  if (isUnified) return [mount];
  if (!existsSync(mount)) return [];
  return readdirSync(mount, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(mount, entry.name, 'cgroup.procs')))
    .map((entry) => join(mount, entry.name));
}

function groupsBelow(name: string): string[] {
  return hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter((group) => existsSync(group))
    .flatMap(withDescendants);
}

function withDescendants(group: string): string[] {
  try {
    const children = readdirSync(group).map((entry) => join(group, entry));
    return [group, ...children.filter((child) => statSync(child).isDirectory()).flatMap(withDescendants)];
  } catch {
    return [];
  }
}

function copyIfEmpty(from: string, to: string): void {
  if (!existsSync(to) || !existsSync(from) || readFileSync(to, 'utf8').trim() !== '') return;
  writeFileSync(to, readFileSync(from));
}

function passControllers(group: string): void {
  const controllers = readFileSync(join(group, 'cgroup.controllers'), 'utf8').trim().split(/\s+/).filter(Boolean);
  writeFileSync(join(group, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
}
