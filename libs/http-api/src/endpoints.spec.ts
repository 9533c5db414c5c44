import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from './endpoints.js';

/** Fits a line of the reference's menu and of search results. */
const LONGEST = 60;

describe('the summary of an endpoint', () => {
  it('is unlike every other, so that menus and searches tell calls apart', () => {
    const summaries = ENDPOINTS.map(({ summary }) => summary);
    expect(summaries.filter((summary, index) => summaries.indexOf(summary) !== index)).toEqual([]);
  });

  it('is one short line without a period', () => {
    const wrong = ENDPOINTS.filter(({ summary }) => summary.length > LONGEST || !/^[A-Z][a-z]+ ?.*[^.;]$/.test(summary));
    expect(wrong.map(({ id, summary }) => [id, summary])).toEqual([]);
  });
});

it('the description of an endpoint is whole sentences', () => {
  expect(ENDPOINTS.filter(({ description }) => !/^[A-Z][^]*\.$/.test(description)).map(({ id, description }) => [id, description])).toEqual([]);
});
