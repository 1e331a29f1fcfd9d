import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from './completion.ts';

const program = new Command('ipam-cli').option('--daemon <address>');
program.command('stats').description("the node's totals").option('--pool <name>');
program.command('members').description('who: all').command('list');

describe('completion', () => {
  it.each([
    ['bash', /stats\) COMPREPLY=\(\$\(compgen -W "--pool --daemon" /],
    ['bash', /members\) COMPREPLY=\(\$\(compgen -W "list --daemon" /],
    ['zsh', /stats\\:"the nodes totals"/],
    ['fish', /-n '__fish_seen_subcommand_from members' -a list/],
    ['fish', /-a stats -d 'the nodes totals'/],
  ])('of %s knows the commands and options', (shell, says) => {
    expect(completionScript(shell, program)).toMatch(says);
  });

  it('is not there for other shells', () => {
    expect(() => completionScript('tcsh', program)).toThrow('no completion for "tcsh"; shells: bash, zsh, fish');
  });
});
