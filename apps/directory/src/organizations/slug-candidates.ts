import { type SlugCandidate, tags } from '@app/domain';

const MAX_LENGTH = 100;
const ID_DIGITS = 8;

/** Lower case, spaces to hyphens, accents dropped; characters that are invalid in a path or a host name are left out. Never empty. */
export const slugOf = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .trim()
    .replaceAll(/\s/g, '-')
    .replaceAll(/[^a-z0-9_-]/g, '');
  return plain.slice(0, MAX_LENGTH) || 'org';
};

/** The name's slug, and one that only a repetition of the same organization id can find taken. */
export const slugCandidates = (environmentId: string, orgId: string, name: string): readonly [SlugCandidate, SlugCandidate] => {
  const candidate = (slug: string): SlugCandidate => ({ slug, tag: tags.slug(environmentId, slug) });
  const slug = slugOf(name);
  return [candidate(slug), candidate(`${slug}-${orgId.replaceAll('-', '').slice(0, ID_DIGITS)}`)];
};
