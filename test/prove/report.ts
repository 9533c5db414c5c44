import type { ProofReport } from './proof.js';

const SHOWN_VIOLATIONS = 20;

const n = (value: number): string => value.toLocaleString('en');
const s = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

/** For the person who ran it. `commit`: of the sources that were tested. */
export const reportText = (report: ProofReport, commit: string): string => {
  const { load, endUsers, commands, packets, fairness, violations } = report;
  const lines = [
    `Proof with seed ${report.seed}, commit ${commit}, ${report.servers.join(', ')}, Node ${process.versions.node}, ${(report.seconds / 60).toFixed(1)} minutes.`,
    `Validations: ${n(load.validations)} (${n(load.valid)} valid, ${n(load.refused)} refused, ${n(load.undecided)} undecided), ${n(load.rightAfter)} of them within 50 ms of a change of their key.`,
    `End users, asked for at both gateways: ${n(endUsers.checks)} (${n(endUsers.good)} good, ${n(endUsers.over)} over, ${n(endUsers.undecided)} undecided); ${n(endUsers.ends)} sessions and organization keys ended.`,
    `Commands: ${n(commands.commands)}, ${n(commands.undecided)} attempts undecided and repeated; the longest attempt took ${s(commands.longestAttemptMs)}.`,
    `Changes acknowledged: ${n(load.changes)}; denials: ${n(load.denials)}, the longest ${s(load.longestDenialMs)} with its repetitions. Block races: ${report.blockRounds}. Commits: ${n(report.commits)}.`,
    `Faults: ${report.faults}; kills: ${report.kills}; cuts: ${report.cuts}; well again after at most ${s(report.longestRecoveryMs)}.`,
    packets === null
      ? 'Packets of hits: not counted.'
      : `Packets of ${n(packets.hits)} hits: ${packets.renewals} renewals, ${packets.usage} flushes of usage, ${packets.pings} pings, ${packets.acknowledgements} acknowledgements of empty pushes, ${packets.others.length} others.`,
    fairness === null
      ? 'Fairness of writers: not measured.'
      : `Fairness: ${n(fairness.commands)} commands through two writers at different distances; the longest waited ${s(fairness.longestMs)}, median ${s(fairness.p50Ms)}, p99 ${s(fairness.p99Ms)}.`,
    ...report.skipped.map((what) => `Not done: ${what}.`),
    ...[...new Map(violations.toReversed().map((violation) => [violation.what, violation])).values()]
      .toReversed()
      .slice(0, SHOWN_VIOLATIONS)
      .map(({ invariant, what, atSeconds, during }) => `${invariant} after ${atSeconds.toFixed(1)} s (${during}): ${what}`),
    violations.length === 0 ? 'No violation.' : `${violations.length} VIOLATIONS.`,
  ];
  return `${lines.join('\n')}\n`;
};
