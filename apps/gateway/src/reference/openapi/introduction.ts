/** What holds for all calls, as Markdown. */
export const DESCRIPTION = `Self-hosted API keys: a revoked key is dead when the call that revokes it returns.

**Three ways in.** The *backend API* is for your servers; a backend key opens it and decides the environment. The *organization API* is for an
organization's admins (a session) and its servers (\`X-API-Key\`). The *frontend API* and *sessions* are for the pages of your users; they go by
cookies. Beside the backend API, the environment is found by the host name of the request.

**Requests.** Bodies are JSON in UTF-8, at most 64 KiB; the content type does not matter, and no body counts as \`{}\`. In a body \`null\` means "not
given", whatever the field. Unknown fields are ignored. A slash at the end of a path may be there or not. Of a query field given twice the last counts, and
an empty one counts as left out. Every answer has an \`X-Request-Id\`; yours is kept where it is 1 to 64 letters, digits, dots, hyphens or underscores.

**Answers.** 503 means undecided: neither that a key is good nor that it is bad. Ask again after \`Retry-After\` seconds. What may not be seen looks
like what does not exist. A path that does not exist is a 404. Malformed HTTP gets 400 or 408 and an empty body before any call is looked at.

**Errors of the backend API and of sessions.** A 400 is an object from field to an array of sentences (the two validate calls: one sentence). 401, 403, 404
and 426 have no body; 413, 429 of the platform, 500 and 503 are plain text. **Of the organization API:** \`{"status":"error","message":"…"}\`.
**Of the frontend API:** \`{"error_code":"…","user_facing_error":"…"}\`, with \`field_errors\` where fields are wrong.`;
