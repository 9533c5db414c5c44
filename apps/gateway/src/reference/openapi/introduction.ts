/** What applies to all calls, as Markdown. */
export const DESCRIPTION = `Self-hosted API keys: a revoked key is dead when the call that revokes it returns.

**Four APIs.** The *backend API* is for your servers: a backend key authenticates the call and selects the environment. The *organization API* is
for an organization's admins (with a session) and its servers (with \`X-API-Key\`). The *frontend API* and *sessions* are for the pages of your
users and use cookies. In all APIs except the backend API, the host name of the request selects the environment.

**Requests.** Bodies are JSON in UTF-8, at most 64 KiB. The content type does not matter, and an empty body counts as \`{}\`. In a body \`null\`
means "not given" in every field. Unknown fields are ignored. A slash at the end of a path is optional. If a query field is given twice, the last
one counts; an empty one counts as not given. Every response has an \`X-Request-Id\`. It is the one you sent, if that has 1 to 64 letters, digits,
dots, hyphens or underscores.

**Responses.** 503 means undecided: it says nothing about whether a key is valid. Try again after \`Retry-After\` seconds. A resource that the caller
may not see looks like one that does not exist. A path that does not exist is a 404. A malformed HTTP request gets 400 or 408 with an empty body.

**Errors of the backend API and of sessions.** A 400 is an object from field name to an array of sentences (in the two validate calls, to one
sentence). 401, 403, 404 and 426 have no body. 413, 429 for the platform limit, 500 and 503 are plain text. **Errors of the organization API:**
\`{"status":"error","message":"…"}\`. **Errors of the frontend API:** \`{"error_code":"…","user_facing_error":"…"}\`, with \`field_errors\` if fields are
invalid.`;
