import { describe, expect, it } from 'vitest';
import { daemonAddress } from './daemon-address.ts';

describe('the address of a daemon', () => {
  it.each([
    ['/run/ipam/ipam.sock', 'unix:/run/ipam/ipam.sock', false],
    ['unix:/run/ipam.sock', 'unix:/run/ipam.sock', false],
    ['unix:///run/ipam.sock', 'unix:/run/ipam.sock', false],
    ['./ipam.sock', `unix:${process.cwd()}/ipam.sock`, false],
    ['localhost:9090', 'localhost:9090', true],
    ['192.0.2.1:1', '192.0.2.1:1', true],
    ['[fd00::1]:65535', '[fd00::1]:65535', true],
    ['node-1.example.:9090', 'node-1.example.:9090', true],
  ])('%s is %s', (text, target, isTcp) => expect(daemonAddress(text)).toEqual({ target, isTcp }));

  it.each([
    ['', /is empty/],
    ['unix:', /names no file/],
    ['localhost', /has no port$/],
    ['localhost:', /has no port in ""/],
    ['localhost:http', /has no port in "http"/],
    ['localhost:0', /has no port in "0"/],
    ['localhost:65536', /has no port in "65536"/],
    ['localhost:-1', /has no port in "-1"/],
    ['localhost:9090x', /has no port in "9090x"/],
    [':9090', /names no host/],
    ['::1', /is an IPv6 address without a port/],
    ['::1:9090', /IPv6/],
    ['fd00:1:2:3:4:5:6:7:9090', /is no host:port/],
    ['[::1]', /has no port/],
    ['[::1]9090', /is no host:port/],
    ['[localhost]:9090', /has no host in "localhost"/],
    ['local host:9090', /has no host in "local host"/],
    ['http://localhost:9090', /is a URL/],
    ['localhost:90:90', /is no host:port/],
  ])('%j is refused', (text, why) => {
    expect(() => daemonAddress(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(why), exit: 2 }),
    );
  });
});
