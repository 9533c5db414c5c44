import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecretsFile, seal, unseal } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyfence-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('secrets.json', () => {
  it('is made once, for its owner only, and read back the same', () => {
    const first = openSecretsFile(folder, false);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(openSecretsFile(folder, true)).toEqual(first);
  });

  it('is for its owner only although an open draft of an earlier start lies there', () => {
    const draft = join(folder, 'secrets.json.new');
    writeFileSync(draft, 'half');
    chmodSync(draft, 0o644);
    openSecretsFile(folder, false);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(existsSync(draft)).toBe(false);
  });

  it('is not written through a link that lies in its place', () => {
    const outside = join(folder, 'outside');
    writeFileSync(outside, '');
    symlinkSync(outside, join(folder, 'secrets.json.new'));
    openSecretsFile(folder, false);
    expect(readFileSync(outside, 'utf8')).toBe('');
    expect(lstatSync(join(folder, 'secrets.json')).isFile()).toBe(true);
  });

  it('is never made anew beside a log that was written with another', () => {
    expect(() => openSecretsFile(folder, true)).toThrow(/Restore it from your backup/);
  });

  it('a damaged file is refused without quoting what it holds', () => {
    openSecretsFile(folder, false);
    const path = join(folder, 'secrets.json');
    const damaged = readFileSync(path, 'utf8').replace(/"sealSecret": ".{20}/, '"sealSecret": "hunter2');
    writeFileSync(path, damaged);
    expect(() => openSecretsFile(folder, true)).toThrow(/not a complete secrets file/);
    try {
      openSecretsFile(folder, true);
    } catch (error) {
      expect(String(error)).not.toContain('hunter2');
    }
  });
});

describe('seal', () => {
  it('opens only under its own secret and for its own purpose', () => {
    const secret = Buffer.alloc(32, 1);
    const sealed = seal(secret, 'password:a', 'hash');
    expect(unseal(secret, 'password:a', sealed)).toBe('hash');
    expect(() => unseal(secret, 'password:b', sealed)).toThrow();
    expect(() => unseal(Buffer.alloc(32, 2), 'password:a', sealed)).toThrow();
  });
});
