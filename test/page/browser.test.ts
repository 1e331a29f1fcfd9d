import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cni } from '../kit/cni.ts';
import { DaemonProcess } from '../kit/daemon-process.ts';
import { freePort } from '../kit/free-port.ts';
import { root } from '../kit/paths.ts';

const executablePath = '/usr/bin/chromium';
const pictures = join(root, 'build/page');

const views = [
  ['overview', '/'],
  ['network', '/network'],
  ['pool', '/pools/cluster-ipv4'],
  ['map', '/pools/cluster-ipv4/map'],
  ['address', '/addresses/10.244.0.2'],
  ['pod', '/pods/shop/web-0'],
  ['node', '/nodes/node1'],
  ['search', '/search?q=web'],
  ['events', '/events'],
  ['quarantine', '/addresses/10.244.0.9/quarantine'],
  ['failure', '/pools/none'],
] as const;

/** Each value of each in one of these; of all eight any two meet with BERTH_LOOKS=all. */
const every = [
  { width: 1_280, lang: 'en', theme: 'light' },
  { width: 360, lang: 'zh', theme: 'dark' },
  { width: 1_280, lang: 'zh', theme: 'light' },
  { width: 360, lang: 'en', theme: 'light' },
  { width: 1_280, lang: 'en', theme: 'dark' },
  { width: 360, lang: 'en', theme: 'dark' },
  { width: 1_280, lang: 'zh', theme: 'dark' },
  { width: 360, lang: 'zh', theme: 'light' },
] as const;
const looks = process.env.BERTH_LOOKS === 'all' ? every : every.slice(0, 2);

interface Findings {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

if (!existsSync(executablePath)) process.stdout.write(`skipped: no ${executablePath} (scripts/debian-packages.txt)\n`);

describe.skipIf(!existsSync(executablePath))('pages in a browser', () => {
  let port = 0;
  let daemon: DaemonProcess;
  let browser: Browser;

  beforeAll(async () => {
    port = await freePort();
    // Whoever is on the machine is an admin there: what operators see is looked at too.
    daemon = new DaemonProcess({ args: ['--page-addr', `127.0.0.1:${port}`, '--insecure'] });
    await daemon.start();
    await add('c0', 'web-0');
    mkdirSync(pictures, { recursive: true });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.remove();
  });

  const add = (containerId: string, pod: string) => {
    const ipam = { type: 'ipam-plugin', daemonSocket: daemon.socket };
    const args = `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod}`;
    const call = { command: 'ADD', containerId, netns: '/var/run/netns/none', args };
    return cni('ipam-plugin', { cniVersion: '1.0.0', name: 'net', ipam }, call);
  };

  /** What goes wrong on its pages: errors of scripts, what the policy refuses, what is asked of others. */
  function troubleOf(context: BrowserContext): string[] {
    const trouble: string[] = [];
    context.on('weberror', (error) => trouble.push(String(error.error())));
    context.on('console', (message) => {
      // The page that tells of an error is answered with its status, which a browser writes down.
      if (message.type() === 'error' && !message.text().includes('404')) trouble.push(message.text());
    });
    context.on('request', (request) => {
      if (new URL(request.url()).host !== `127.0.0.1:${port}`) trouble.push(request.url());
    });
    return trouble;
  }

  async function findings(page: Page): Promise<readonly string[]> {
    // Past the policy of the page, which lets no script in but its own.
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as Findings;
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  it.each(looks)('are whole, and axe finds nothing, at $width pixels, in $lang, $theme', async (look) => {
    const { width, lang, theme } = look;
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const trouble = troubleOf(context);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/?lang=${lang}&theme=${theme}`);
    for (const [name, path] of views) {
      await page.goto(`http://127.0.0.1:${port}${path}`);
      expect(await findings(page), `${name} ${JSON.stringify(look)}`).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow), `${name} is wider than its window`).toBe(0);
      await page.screenshot({ path: join(pictures, `${name}-${width}-${lang}-${theme}.png`) });
    }
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('change by themselves when an address is given', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/pools/cluster-ipv4`);
    await page.locator('.live', { hasText: 'live' }).waitFor();
    const begun = performance.now();
    await add('c1', 'web-1');
    await page.getByRole('link', { name: 'shop/web-1' }).waitFor();
    process.stdout.write(`the page showed it ${Math.round(performance.now() - begun)} ms after the ADD began\n`);
    await page.close();
  });

  it('have an operator put an address in quarantine and lift it, by the keyboard alone', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/addresses/10.244.0.9`);
    await page.getByRole('link', { name: 'Put in quarantine' }).press('Enter');
    await page.getByLabel('Reason').fill('a printer');
    await page.getByRole('button', { name: 'Yes, do it' }).press('Enter');
    await page.getByRole('link', { name: 'Lift the quarantine' }).press('Enter');
    await page.getByRole('button', { name: 'Yes, do it' }).press('Enter');
    await page.getByRole('link', { name: 'Put in quarantine' }).waitFor();
    await page.close();
  });
});
