import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAdminSettings } from './process-settings.js';
import { BadSettings, readSettings, type SettingsReader, settingsOf } from './settings-reader.js';

const MEANING = { meaning: 'What it means.' };
const readAll = (reader: SettingsReader) => ({
  count: reader.integer({ name: 'COUNT', default: 5, min: 1, max: 9, unit: 'ms', ...MEANING }),
  limit: reader.optionalInteger({ name: 'LIMIT', unset: 'none', min: 1, max: 9, ...MEANING }),
  level: reader.choice({ name: 'LEVEL', default: 'low', ...MEANING }, ['low', 'high']),
  names: reader.list({ name: 'NAMES', unset: 'none', accepted: 'names by commas', ...MEANING }),
  folder: reader.required({ name: 'FOLDER', what: 'the folder', accepted: 'a folder', ...MEANING }),
  password: reader.requiredOrFile({ name: 'PASSWORD', what: 'the password', accepted: 'a password', ...MEANING }),
});
const NEEDED = { FOLDER: 'f', PASSWORD: 'p' };

describe('the settings of a process', () => {
  it('have their defaults where nothing is set, or nothing but an empty text', () => {
    const expected = { count: 5, limit: null, level: 'low', names: [], folder: 'f', password: 'p' };
    expect(readSettings(readAll, NEEDED)).toEqual(expected);
    expect(readSettings(readAll, { ...NEEDED, COUNT: '', LIMIT: '', LEVEL: '', NAMES: '' })).toEqual(expected);
  });

  it('are what is set', () => {
    expect(readSettings(readAll, { ...NEEDED, COUNT: '9', LIMIT: '1', LEVEL: 'high', NAMES: ' a,,b ' })).toEqual({
      count: 9,
      limit: 1,
      level: 'high',
      names: ['a', 'b'],
      folder: 'f',
      password: 'p',
    });
  });

  it('are refused with every problem at once', () => {
    expect(() => readSettings(readAll, { COUNT: '10', LIMIT: '-1', LEVEL: 'loud' })).toThrow(
      new BadSettings([
        'COUNT must be a whole number from 1 to 9, not "10".',
        'LIMIT must be a whole number from 1 to 9, not "-1".',
        'LEVEL must be one of low, high, not "loud".',
        'Set FOLDER to the folder.',
        'Set PASSWORD to the password, or PASSWORD_FILE to a file with it.',
      ]),
    );
  });

  it('take a secret from the first line of a file, and name the file that is empty', ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyfence-settings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'password');
    const read = () => readSettings(readAll, { FOLDER: 'f', PASSWORD_FILE: file });
    expect(read).toThrow(`PASSWORD_FILE is ${file}, which cannot be read (ENOENT).`);
    writeFileSync(file, ' \n');
    expect(read).toThrow(`PASSWORD_FILE is ${file}, whose first line is empty.`);
    writeFileSync(file, 'from a file\nmore');
    expect(read().password).toBe('from a file');
  });

  it('are told with name, default and accepted values, without an environment', () => {
    const about = { ...MEANING, see: null };
    expect(settingsOf(readAll)).toEqual([
      { ...about, name: 'COUNT', default: '5', unset: '', accepted: '1 to 9 ms' },
      { ...about, name: 'LIMIT', default: null, unset: 'none', accepted: '1 to 9' },
      { ...about, name: 'LEVEL', default: 'low', unset: '', accepted: '`low`, `high`' },
      { ...about, name: 'NAMES', default: null, unset: 'none', accepted: 'names by commas' },
      { ...about, name: 'FOLDER', default: null, unset: 'none; required', accepted: 'a folder' },
      { ...about, name: 'PASSWORD', default: null, unset: 'none; required', accepted: 'a password; or in `PASSWORD_FILE` a file whose first line it is' },
    ]);
  });

  it.each([
    [undefined, { port: 9_464, isDefault: true }],
    ['', { port: 9_464, isDefault: true }],
    ['9464', { port: 9_464, isDefault: false }],
    ['0', { port: 0, isDefault: false }],
    ['off', 'off'],
  ])('with ADMIN_PORT=%s tell the port that was asked for from the default one', (value, expected) => {
    expect(readSettings(readAdminSettings, { ADMIN_PORT: value }).adminPort).toEqual(expected);
  });
});
