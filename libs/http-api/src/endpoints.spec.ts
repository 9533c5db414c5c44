import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from './endpoints.js';

/** Fits a line of the reference's menu and of search results. */
const LONGEST = 120;

describe('the summary of an endpoint', () => {
  it('is unlike every other, so that menus and searches tell calls apart', () => {
    const apis = new Map<string, string[]>();
    for (const { api, summary } of ENDPOINTS) apis.set(api, [...(apis.get(api) ?? []), summary]);
    for (const summaries of apis.values()) expect(new Set(summaries).size).toBe(summaries.length);
  });

  it('is one short text that says what the call does', () => {
    const wrong = ENDPOINTS.filter(({ summary }) => summary.length > LONGEST || !/^[A-Z][a-z]+s\b.*\.$/.test(summary));
    expect(wrong.map(({ id, summary }) => [id, summary])).toEqual([]);
  });
});
