import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { notFound } from '@app/domain';
import { type PublishedFile, publishedFile } from './cached-answer.js';

/** Next to the app's bundle, where the build puts files that it does not compile. Sources have no such folder, so nothing is served from them. */
const FOLDER = join(import.meta.dirname, 'reference');

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** A file of the build, read on the first request and kept. If the build left it out, it is a 404. */
export class BuiltFile {
  #read: Promise<PublishedFile> | null = null;
  constructor(
    private readonly name: string,
    private readonly type: string,
  ) {}

  published(): Promise<PublishedFile> {
    this.#read ??= this.#load();
    return this.#read;
  }

  async #load(): Promise<PublishedFile> {
    try {
      return publishedFile(this.type, await readFile(join(FOLDER, this.name)));
    } catch (error) {
      this.#read = null;
      throw isMissing(error) ? notFound() : error;
    }
  }
}
