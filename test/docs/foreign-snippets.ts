/**
 * Blocks in languages whose tools a machine with nothing but Node lacks. They are not run: what can go stale in them is compared
 * with what is known of the clients, and the page says that it is no more than that.
 */
export interface ForeignFacts {
  readonly language: string;
  /** Each must be in the block, exactly. */
  readonly names: readonly string[];
  /** The variables of the environment that it reads. */
  readonly variables: readonly string[];
}

export const FOREIGN_SNIPPETS: Readonly<Record<string, ForeignFacts>> = {
  'keyfence_origin.py': {
    language: 'python',
    names: ['import propelauth_py', 'name.startswith("propelauth_py")', 'init_base_auth(', 'validate_personal_api_key('],
    variables: ['API_KEY', 'BACKEND_KEY', 'KEYFENCE_ORIGIN'],
  },
  'keyfence.go': {
    language: 'go',
    names: [
      'github.com/propelauth/propelauth-go/pkg',
      'http.DefaultTransport = ',
      'InitBaseAuth(',
      'ValidatePersonalAPIKey(',
      'RoundTrip(request *http.Request) (*http.Response, error)',
    ],
    variables: ['API_KEY', 'BACKEND_KEY'],
  },
  'keyfence.rs': {
    language: 'rust',
    names: ['propelauth::apis::configuration::Configuration', 'base_path:', 'auth_hostname:', 'bearer_access_token: Some(', '..Default::default()'],
    variables: [],
  },
};

/** The only addresses that a recipe may name: the clients' constant, a Keyfence started as the pages say, and the auth URL. */
export const KNOWN_HOSTS = ['propelauth-api.com', '127.0.0.1:8080', 'auth.example.test'] as const;

export const hostsIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/https?:\/\/([^\s"'/]+)/g), ...text.matchAll(/"((?:[a-z0-9-]+\.)+(?:com|test)|127\.0\.0\.1:\d+)"/g)].map(([, host = '']) => host),
  ),
];

export const variablesIn = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/(?:environ\[|environ\.get\(|Getenv\()"([A-Z_]+)"/g)].map(([, name = '']) => name))].toSorted();

/** What opens is closed: a cut or merged block shows at least in this. */
export const isBalanced = (text: string): boolean => {
  const open: string[] = [];
  for (const sign of text.replace(/"(?:[^"\\\n]|\\.)*"/g, '""')) {
    if ('([{'.includes(sign)) open.push(sign);
    if (')]}'.includes(sign) && open.pop() !== '([{'[')]}'.indexOf(sign)]) return false;
  }
  return open.length === 0;
};
