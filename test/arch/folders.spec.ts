import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '@test/support/project/imports-and-exports.js';
import { isProduct, sourceFiles } from '@test/support/project/source-files.js';
import { KNOWN_CIRCLES, KNOWN_IMPORTS_OF_TOP } from './known-offenders.js';

/** An import between two places of one app or library. A place is a folder one level below `src`, or a file at the top of `src`. */
interface Arrow {
  readonly room: string;
  readonly from: string;
  readonly to: string;
  /** The file that imports. */
  readonly file: string;
}

const roomOf = (path: string): string => path.slice(0, path.indexOf('/src/'));
const placeOf = (path: string): string => path.slice(roomOf(path).length + '/src/'.length).split('/', 1)[0] ?? '';
const isTopFile = (place: string): boolean => place.endsWith('.ts');
const nameOf = ({ room, from, to }: Arrow): string => `${room}: ${from} -> ${to}`;

const arrowsOf = (path: string): readonly Arrow[] =>
  importsOf(path)
    .filter((module) => module.startsWith('.'))
    .map((module) => posix.join(dirname(path), module).replace(/\.js$/, '.ts'))
    .filter((target) => roomOf(target) === roomOf(path) && placeOf(target) !== placeOf(path))
    .map((target) => ({ room: roomOf(path), from: placeOf(path), to: placeOf(target), file: path }));

const arrows = sourceFiles('.ts').filter(isProduct).flatMap(arrowsOf);
/** The files at the top of an app put its folders together. In a library they may be what all folders stand on, so they may be imported there. */
const importsOfTop = arrows.filter(({ room, from, to }) => room.startsWith('apps/') && !isTopFile(from) && isTopFile(to));

const betweenFolders = arrows.filter(({ from, to }) => !isTopFile(from) && !isTopFile(to));
const reaches = (room: string, start: string, end: string): boolean => {
  const seen = new Set([start]);
  for (const place of seen) for (const arrow of betweenFolders) if (arrow.room === room && arrow.from === place) seen.add(arrow.to);
  return seen.has(end);
};
const circles = betweenFolders.filter(({ room, from, to }) => reaches(room, to, from));

describe.each([
  ['no folders of an app or library import one another in a circle, directly or through others', circles, KNOWN_CIRCLES],
  ['a folder of an app imports no file at the top of the app', importsOfTop, KNOWN_IMPORTS_OF_TOP],
] as const)('%s', (_rule, offenders, known) => {
  it('but for known offenders', () => {
    expect(arrows.length).toBeGreaterThan(200);
    const others = offenders.filter((arrow) => !known.includes(nameOf(arrow)));
    // One file of each arrow is enough to begin with.
    expect([...new Map(others.map((arrow) => [nameOf(arrow), `in ${arrow.file}`]))]).toEqual([]);
  });

  it('and the list of known offenders only shrinks', () => {
    const names = offenders.map(nameOf);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
  });
});
