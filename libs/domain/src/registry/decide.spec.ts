import { describe, expect, it } from 'vitest';
import { given, World } from '@test/support/domain/decider-specification.js';
import type { DomainEvent } from '../log-events.js';
import { decideChangeLease, decideFence, decideJoin, decideLeave, decideOpenRegistry } from './decide.js';

const fact = (type: 'node-joined' | 'node-fenced' | 'node-left', incarnation: string): DomainEvent => ({
  type: `registry.${type}.v1`,
  tags: ['registry'],
  data: { inc: incarnation },
});
const opened = (leaseMs: number): DomainEvent => ({ type: 'registry.opened.v1', tags: ['registry'], data: { leaseMs } });

describe('nodes', () => {
  it('join and leave without a condition: log order decides', () => {
    given()
      .when(() => decideJoin('n'))
      .thenAppends(fact('node-joined', 'n'));
    given()
      .when(() => decideLeave('n'))
      .thenAppends(fact('node-left', 'n'));
  });
  it('are fenced in one commit, only those that count and are not fenced yet', () =>
    given(...['a', 'b', 'c', 'd'].map((incarnation) => fact('node-joined', incarnation)), fact('node-fenced', 'b'), fact('node-left', 'c'))
      .when((world) => decideFence(['a', 'b', 'c', 'd', 'e', 'a', 'toString'], world.registry()))
      .thenAppends(fact('node-fenced', 'a'), fact('node-fenced', 'd')));
  it('count from their first join to their first leaving', () => {
    const world = new World([fact('node-joined', 'a'), fact('node-joined', 'a'), fact('node-fenced', 'a'), fact('node-fenced', 'a'), fact('node-joined', 'b')]);
    expect(world.registry().nodes).toEqual({ a: { joinedPos: 1, fencedPos: 3 }, b: { joinedPos: 5, fencedPos: null } });
    expect(world.append([fact('node-left', 'a'), fact('node-left', 'x'), fact('node-fenced', 'a')]).registry().nodes).toEqual({
      b: { joinedPos: 5, fencedPos: null },
    });
  });
});

describe('the lease', () => {
  it.each([1000, 5000, 60_000])('may be %i ms', (leaseMs) =>
    given()
      .when(() => decideOpenRegistry(leaseMs))
      .thenAppends(opened(leaseMs)),
  );
  it.each([999, 60_001, 0, -1, 1500.5, NaN, Infinity])('cannot be %d ms', (leaseMs) => {
    given()
      .when(() => decideOpenRegistry(leaseMs))
      .thenInvalid('leaseMs');
    given(opened(5000))
      .when((world) => decideChangeLease(leaseMs, world.registry()))
      .thenInvalid('leaseMs');
  });
  it('is changed by the operator', () =>
    given(opened(5000))
      .when((world) => decideChangeLease(2000, world.registry()))
      .thenAppends({ type: 'registry.lease-changed.v1', tags: ['registry'], data: { leaseMs: 2000 } }));
  it('that is so already is already done', () =>
    given(opened(5000), { type: 'registry.lease-changed.v1', tags: ['registry'], data: { leaseMs: 2000 } })
      .when((world) => decideChangeLease(2000, world.registry()))
      .thenNothing());
  it('of a registry that was never opened opens it', () =>
    given()
      .when((world) => decideChangeLease(2000, world.registry()))
      .thenAppends(opened(2000)));
  it('is not reset by a second opening', () => expect(new World([opened(5000), opened(1000)]).registry().leaseMs).toBe(5000));
});
