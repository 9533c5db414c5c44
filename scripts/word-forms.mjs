// Forms that read as translated, or that have one spelling here. docs/style.md has the reasons.

/** @typedef {{ readonly form: RegExp, readonly write: string }} WordForm */

/** @type {readonly WordForm[]} */
export const WORD_FORMS = [
  { form: /(?<!\bthere )\b(?:is|are|was|were|be|has|have|had) none\b/i, write: 'name the thing: "is not an address", "there is no …"' },
  { form: /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|fewer\b|match\b|way\b|[a-z]+er than\b)[a-z…]/i, write: '"is not a …"' },
  { form: /\banswers (?:its?|with|an?|the|null|what|[1-5]\d\d|no)\b/i, write: '"returns …" or "responds with …"' },
  { form: /\banswered (?:with|[1-5]\d\d)\b/i, write: '"returned …", "got …"' },
  { form: /\bwh(?:oever|omever)\b/i, write: 'name who acts: the caller, the operator' },
  { form: /\b(?:somebody|nobody|anybody|everybody)\b/i, write: 'name who acts: another process, no caller, nothing' },
  { form: /\bin vain\b/i, write: '"without success"' },
  { form: /\bfor ever\b/i, write: '"forever"' },
  { form: /\bmend(?:s|ed|ing)?\b/i, write: '"fix" or "repair"' },
  { form: /\bmay (?:not )?do\b(?! so| too| other| the same| harm)/i, write: '"can …", "is allowed to …", or the act itself' },
  { form: /\bswitch(?:ed|es)? (?:on|off)\b/i, write: '"enabled", "disabled"' },
  { form: /\bstrangers?\b/i, write: '"unauthenticated caller"' },
  { form: /\bvisitors?\b/i, write: '"end user"' },
  { form: /\bshown (?:token|session|key)s?\b/i, write: '"presented …"' },
  { form: /\b(?:has|have|had) to (?!do with\b)[a-z]/i, write: '"must"' },
  { form: /\b(?:is|are|was|were) able to\b/i, write: '"can"' },
  { form: /\b(?:is|are|was|were|stay|stays) away\b/i, write: '"is down", "is unreachable"' },
  { form: /\bopened by\b/i, write: '"authenticated with"' },
  { form: /\btaken (?:as|for)\b/i, write: '"accepted as", "read as"' },
  { form: /\bknows better\b|\bknow it better\b/i, write: 'say what is known' },
  { form: /(?:^|[.;:] )Who (?:asks|calls|shows|reads|writes|holds|has|wants|is|needs|comes)\b/, write: '"The caller …", "A client that …"' },
  { form: /\bnull: /, write: '"null if …"' },
  { form: /\bas long as it is there\b|\bis not there yet\b/i, write: '"does not exist yet"' },
  {
    form: /\b(?:behaviour|colour|favour|honour|neighbour|licence|defence|centre|grey|whilst|learnt|catalogue|cancelled|cancelling|labelled|modelled|travelled|fulfil|judgement)/i,
    write: 'the American spelling',
  },
  {
    form: /\b(?:organ|author|recogn|initial|serial|normal|summar|optim|synchron|minim|maxim|custom|real|categor|util)is(?:e|es|ed|ing|ation|er)\b/i,
    write: 'the American spelling, with z',
  },
];
