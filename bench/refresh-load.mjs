// A load of refreshes: each session shows the token that it was given last, so this cannot be a list of requests made before.
// `{port, backendKey, tokens, seconds}` in, one result line out, with the newest tokens. One connection and one session each.
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

const agent = new Agent({ keepAlive: true });

const refresh = ({ port, backendKey }, token) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ refresh_token: token });
    const headers = { authorization: `Bearer ${backendKey}`, 'content-type': 'application/json', 'content-length': body.length };
    const outgoing = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/backend/v1/refresh_token', agent, headers, timeout: 30_000 }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(JSON.parse(text).refresh_token);
        else reject(new Error(`A refresh answered ${answer.statusCode}: ${text}`));
      });
    });
    outgoing.on('error', reject).end(body);
  });

const run = async ({ tokens, seconds, ...server }) => {
  const startedAt = performance.now();
  const latencies = [];
  const lane = async (first) => {
    let token = first;
    while (performance.now() - startedAt < seconds * 1_000) {
      const sentAt = performance.now();
      token = await refresh(server, token);
      latencies.push(performance.now() - sentAt);
    }
    return token;
  };
  const newest = await Promise.all(tokens.map(lane));
  const elapsedMs = performance.now() - startedAt;
  const sorted = latencies.toSorted((left, right) => left - right);
  const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  return { tokens: newest, answers: latencies.length, unexpected: 0, elapsedMs, perSecond: (latencies.length * 1_000) / elapsedMs, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
};

createInterface({ input: process.stdin }).on('line', (line) => {
  void run(JSON.parse(line)).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`), (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
});
