export interface PagePlace {
  readonly page_number: number;
  readonly page_size: number;
}

/** The envelope of every list: rows and `total_…` under the list's own name. */
export const wirePage = (
  name: 'users' | 'orgs' | 'api_keys',
  rows: readonly object[],
  total: number,
  { page_number, page_size }: PagePlace,
): Readonly<Record<string, unknown>> => ({
  [name]: rows,
  [`total_${name}`]: total,
  current_page: page_number,
  page_size,
  has_more_results: (page_number + 1) * page_size < total,
});
