import { describe, expect, it } from 'vitest';
import { importedBy, isRun } from './install-packages.ts';

describe('the packages that are installed', () => {
  it('are those that a bundle names, statically or when asked for', () => {
    const bundle = `import{open as e}from"lmdb";import"node:fs";import t from "fs";const r=await import("@grpc/reflection");from'@grpc/grpc-js/build/src'; import './chunk.js';`;
    expect(importedBy(bundle)).toEqual(['@grpc/grpc-js', '@grpc/reflection', 'lmdb']);
  });

  it.each<[string, boolean, boolean]>([
    ['index.js', false, true],
    ['LICENSE', false, true],
    ['LICENSE.md', false, true],
    ['README.md', false, false],
    ['index.d.cts', false, false],
    ['index.js.map', false, false],
    ['node.abi127.glibc.node', false, false],
    ['node.napi.glibc.node', false, true],
    ['src/lmdb.cpp', false, false],
    ['test', true, false],
    ['dist', true, true],
  ])('have %s (a folder: %s): %s', (path, isDirectory, is) => {
    expect(isRun(path, isDirectory)).toBe(is);
  });
});
