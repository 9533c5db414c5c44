/**
 * The protocol with one mistake each: the list of fence.md, and some more of the log's. Every one is applied to a copy of the sources
 * and must be found by the simulation. `find` must occur exactly once in `file`, so that a mutant cannot outlive the code it spoils.
 *
 * @type {readonly { name: string, edits: readonly { file: string, find: string, replace: string }[] }[]}
 */
export const MUTANTS = [
  {
    name: 'no asOf check',
    edits: [{ file: 'libs/fence/src/record-map.ts', find: 'if (this.#lastChanges.of(record.name) > record.asOf) {', replace: 'if (false as boolean) {' }],
  },
  {
    name: 'no floor check',
    edits: [{ file: 'libs/fence/src/record-map.ts', find: 'if (record.asOf < this.#lastChanges.floor) {', replace: 'if (false as boolean) {' }],
  },
  {
    name: 'lease from receive time',
    edits: [{ file: 'libs/fence/src/renewal.ts', find: 'lease.grant(sent);', replace: 'lease.grant(lease.moment());' }],
  },
  {
    name: "node lease longer than the authority's wait",
    edits: [{ file: 'libs/fence/src/parameters.ts', find: 'leaseNodeMs: 0.8 * leaseMs', replace: 'leaseNodeMs: 1.4 * leaseMs' }],
  },
  {
    name: 'registry read before the append',
    edits: [
      { file: 'libs/fence/src/barriers.ts', find: 'const caughtUp = await this.#caughtUp(change.pos, until);', replace: 'const early = registry.counted();\n    const caughtUp = await this.#caughtUp(change.pos, until);' },
      { file: 'libs/fence/src/barriers.ts', find: 'await barrier.run(change, registry.counted(), until', replace: 'await barrier.run(change, early, until' },
    ],
  },
  {
    name: 'lease before registration',
    edits: [
      { file: 'libs/fence/src/authority.ts', find: 'await this.#log.append(`registry-join-${question.inc}`', replace: 'void this.#log.append(`registry-join-${question.inc}`' },
      { file: 'libs/fence/src/node-registry.ts', find: 'return this.#nodes.get(inc)?.fenced === false;', replace: 'return this.#nodes.get(inc)?.fenced !== true;' },
    ],
  },
  {
    name: 'retry acknowledges at once',
    edits: [{ file: 'libs/platform/src/change-commands.ts', find: '      await this.fence.settled(outcome.pos, [', replace: '      if (outcome.appended) await this.fence.settled(outcome.pos, [' }],
  },
  {
    name: 'removal without waiting after the fence',
    edits: [{ file: 'libs/fence/src/fenced-nodes.ts', find: 'if (knownMs < this.#leaseAuthorityMs) await', replace: 'if (knownMs < 0) await' }],
  },
  {
    name: 'timer flag instead of clock',
    edits: [
      { file: 'libs/fence/src/lease.ts', find: 'this.#grant = sent;', replace: '{\n      this.#grant = sent;\n      void this.#clock.sleep((this.#parameters?.leaseNodeMs ?? 0) - (this.#clock.mono() - sent.mono)).then(() => {\n        if (this.#grant === sent) this.#grant = null;\n      });\n    }' },
      { file: 'libs/fence/src/lease.ts', find: 'return mono < parameters.leaseNodeMs && wall < parameters.leaseNodeMs;', replace: 'return true;' },
      { file: 'libs/fence/src/lease.ts', find: 'if (Math.abs(wall - mono) > parameters.clockToleranceMs) {', replace: 'if (Math.abs(wall - mono) < 0) {' },
    ],
  },
  {
    name: 'ack before apply',
    edits: [
      { file: 'libs/fence/src/node.ts', find: '  readonly #lease: Lease;\n', replace: '  readonly #lease: Lease;\n  readonly #soon: () => Promise<void>;\n' },
      { file: 'libs/fence/src/node.ts', find: '    this.#lease = lease;\n', replace: '    this.#lease = lease;\n    this.#soon = () => clock.sleep(20);\n' },
      { file: 'libs/fence/src/node.ts', find: '    this.#records.apply(message);\n', replace: '    void this.#soon().then(() => this.#records.apply(message));\n' },
    ],
  },
  {
    name: 'a reset clears lastChange',
    edits: [
      { file: 'libs/fence/src/record-map.ts', find: '    this.#lastChanges.raiseFloor(floor);', replace: '    this.#lastChanges.forget();\n    this.#lastChanges.raiseFloor(floor);' },
      { file: 'libs/fence/src/last-changes.ts', find: '  raiseFloor(pos: number): void {', replace: '  forget(): void {\n    this.#posOf.clear();\n  }\n\n  raiseFloor(pos: number): void {' },
    ],
  },
  {
    name: 'fence check before the catch-up',
    edits: [
      { file: 'libs/fence/src/authority.ts', find: '    await this.#log.probe();\n    const hash = await this.#log.hashAt(applied);', replace: '    const mayRenew = this.#registry.mayRenew(inc);\n    await this.#log.probe();\n    const hash = await this.#log.hashAt(applied);' },
      { file: 'libs/fence/src/authority.ts', find: 'if (!this.#registry.mayRenew(inc)) return', replace: 'if (!mayRenew) return' },
    ],
  },
  {
    name: 'a renewal joins a running probe',
    edits: [
      { file: 'libs/fence/src/authority.ts', find: '    await this.#log.probe();\n    const hash', replace: '    this.#running ??= this.#log.probe().finally(() => (this.#running = null));\n    await this.#running;\n    const hash' },
      { file: 'libs/fence/src/authority.ts', find: '  #feed: ChangesFeed | null = null;', replace: '  #feed: ChangesFeed | null = null;\n  #running: Promise<number> | null = null;' },
    ],
  },
  {
    name: 'asOf newer than the state',
    edits: [
      { file: 'libs/fence/src/authority-reads.ts', find: 'const torn = asOf < feed.floor || feed.touchedSince(asOf, reading.readNames());', replace: 'const torn = false as boolean;' },
      { file: 'libs/fence/src/authority-reads.ts', find: 'reading.records(asOf) };', replace: 'reading.records(log.head.pos) };' },
    ],
  },
  {
    name: 'a second join keeps the records',
    edits: [
      { file: 'libs/fence/src/renewal.ts', find: '    this.#options.records.startAgainFrom(answer.feedFloor);\n', replace: '' },
      { file: 'libs/fence/src/renewal.ts', find: '    this.#options.lease.drop();\n    this.#options.records.clear();\n    this.#inc', replace: '    this.#options.lease.drop();\n    this.#inc' },
    ],
  },
  {
    name: 'eviction does not mark dead',
    edits: [{ file: 'libs/fence/src/record-map.ts', find: 'dispose: (record) => this.#left(record)', replace: "dispose: (record, _name, reason) => (reason === 'evict' ? undefined : this.#left(record))" }],
  },
  {
    name: 'a strong read joins a running one',
    edits: [{ file: 'libs/fence/src/tick-batch.ts', find: 'if (this.#open === batch) this.#open = null;', replace: 'void batch.answer.finally(() => {\n      if (this.#open === batch) this.#open = null;\n    }).catch(() => {});' }],
  },
  {
    name: 'a strong read without a probe',
    edits: [{ file: 'libs/fence/src/authority.ts', find: '    await this.#log.probe();\n    return this.#read(question);', replace: '    return this.#read(question);' }],
  },
  {
    name: 'a lease while there is more to come',
    edits: [{ file: 'libs/fence/src/renewal.ts', find: "if (answer.more === true) return 'more';", replace: "if (answer.more === true) lease.grant(sent);\n        if (answer.more === true) return 'more';" }],
  },
  {
    name: 'a refusal on what memory holds',
    edits: [{ file: 'libs/log/src/command-runner.ts', find: 'else if (pending.probed) this', replace: 'else if (pending !== undefined) this' }],
  },
  {
    name: 'a command runs though its id is in the log',
    edits: [{ file: 'libs/log/src/decision.ts', find: 'if (earlier !== null) return', replace: 'if (earlier !== null && earlier.pos < 0) return' }],
  },
  {
    name: 'a batch is decided on the state before it',
    edits: [{ file: 'libs/log/src/speculation.ts', find: 'own === undefined ? kept.state : this.#onTop(tag, kept, own).state', replace: 'own === undefined || kept.pos >= 0 ? kept.state : this.#onTop(tag, kept, own).state' }],
  },
  {
    name: 'a load forgets what the tail applied meanwhile',
    edits: [{ file: 'libs/log/src/state-cache.ts', find: 'const loaded = foldCommits(this.foldOf, tag, read, meanwhile);', replace: 'const loaded = foldCommits(this.foldOf, tag, read, meanwhile.slice(meanwhile.length));' }],
  },
  {
    name: "the cache's record is put past the rule",
    edits: [{ file: 'libs/fence/src/cached-fills.ts', find: 'this.#options.records.put(record);', replace: 'this.#options.records.put({ ...record, asOf: Number.MAX_SAFE_INTEGER });' }],
  },
  {
    name: 'a sealed record is not bound to its log',
    edits: [{ file: 'libs/fence/src/sealed-records.ts', find: 'Buffer.from(`${place}\\n${logHash}`)', replace: 'Buffer.from(`${place} ${logHash.length}`)' }],
  },
  {
    name: 'what the seal says is not looked at',
    edits: [{ file: 'libs/fence/src/sealed-records.ts', find: ', decipher.final()]', replace: ', Buffer.alloc(0)]' }],
  },
  {
    name: 'the end of a session is no change',
    edits: [{ file: 'libs/domain/src/changes.ts', find: 'return [tags.session(event.data.sessionId)];', replace: 'return [];' }],
  },
  {
    name: 'a token is good as long as its session is not ended by itself',
    edits: [
      { file: 'apps/gateway/src/sessions/holding-user.ts', find: ' || user.deleted || user.sessionEpoch > sessionEpoch) return null;', replace: ') return null;' },
      { file: 'apps/gateway/src/sessions/holding-user.ts', find: 'if (user.blocked || user.sessionEpoch < sessionEpoch) throw', replace: 'if (user.sessionEpoch < sessionEpoch) throw' },
    ],
  },
  {
    name: 'a token is good as long as its user is',
    edits: [{ file: 'apps/gateway/src/sessions/holding-user.ts', find: 'if (isOver) return null;', replace: 'void isOver;' }],
  },
  {
    name: 'a token is good under the epoch that it says itself',
    edits: [{ file: 'apps/gateway/src/sessions/holding-user.ts', find: ' || session.sessionEpoch !== sessionEpoch);', replace: ');' }],
  },
  {
    name: 'a token shown twice ends its session without a barrier',
    edits: [{ file: 'apps/directory/src/sessions/refresh-session.ts', find: '      await this.fence.settled(outcome.pos, [tags.session(sessionId)], outcome.durableAtMono);\n', replace: '' }],
  },
  {
    name: 'who asks at another host is not told that it moved',
    edits: [{ file: 'libs/domain/src/changes.ts', find: 'return [...new Set([tags.env(environmentId), tags.authHost(hostOfOrigin(authUrl)), tags.authHost(hostOfOrigin(previousAuthUrl))])];', replace: 'return previousAuthUrl === authUrl ? [] : [tags.env(environmentId)];' }],
  },
  {
    name: 'a barrier for what its caller has named and nothing else',
    edits: [{ file: 'libs/platform/src/change-commands.ts', find: '...names, ...namesIn(outcome)', replace: '...names, ...namesIn(outcome).slice(names.length + 1_000)' }],
  },
];
