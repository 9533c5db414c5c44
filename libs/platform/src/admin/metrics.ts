import { Logger } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The value of a source; null if there is no value now: then the metric is absent from this response. */
export type Reading = number | null;

/**
 * The numbers of one process, in Prometheus' text format. Most are read from their owners when a scraper asks, so that keeping them
 * costs nothing where they are made. Label values come from closed sets: never an id, an address or anything a caller sent.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #logger = new Logger('metrics');
  readonly #parts = new Map<string, Map<string, () => Reading>>();
  readonly #occurrences = new Map<string, Counter>();
  readonly #durations = new Map<string, Histogram>();

  readonly contentType: string = this.#registry.contentType;

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Memory, CPU, event loop and garbage collection, under prom-client's names. Once per process. */
  addProcess(version: string): void {
    collectDefaultMetrics({ register: this.#registry });
    this.#gauge('keyfence_build_info', 'Always 1; the version is its label.', ['version']).set({ version }, 1);
  }

  gauge(name: string, help: string, read: () => Reading | Promise<Reading>): void {
    const gauge = this.#gauge(name, help, [], async () => {
      const value = await this.#reading(name, read);
      if (value === null) gauge.remove({});
      else gauge.set(value);
    });
  }

  /** One value of a gauge that several sources share, told apart by `label`. */
  partOfGauge(name: string, help: string, label: string, part: string, read: () => Reading): void {
    const known = this.#parts.get(name);
    const parts = known ?? new Map<string, () => Reading>();
    parts.set(part, read);
    if (known !== undefined) return;
    this.#parts.set(name, parts);
    const gauge = this.#gauge(name, help, [label], async () => {
      for (const [value, readPart] of parts) {
        const reading = await this.#reading(name, readPart);
        if (reading === null) gauge.remove({ [label]: value });
        else gauge.set({ [label]: value }, reading);
      }
    });
  }

  /** A count that its owner keeps since the process started. */
  counter(name: string, help: string, read: () => number): void {
    const counter = this.#counter(name, help, [], async () => {
      const total = await this.#reading(name, read);
      counter.reset();
      if (total === null) counter.remove({});
      else counter.inc(total);
    });
  }

  /** The same by the values of one label. */
  counters(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    const counter = this.#counter(name, help, [label], async () => {
      const totals = await this.#reading(name, read);
      counter.reset();
      for (const [value, total] of Object.entries(totals ?? {})) counter.inc({ [label]: value }, total);
    });
  }

  /** A counter kept here, for events that no class counts. Not for events of every validation. */
  occurrences(name: string, help: string, labels: readonly string[]): (...values: readonly string[]) => void {
    const counter = this.#occurrences.get(name) ?? this.#counter(name, help, labels);
    this.#occurrences.set(name, counter);
    return (...values) => counter.inc(labelled(labels, values));
  }

  /** A distribution of milliseconds. */
  durations(name: string, help: string, bucketsMs: readonly number[], labels: readonly string[] = []): (ms: number, ...values: readonly string[]) => void {
    const known = this.#durations.get(name);
    const histogram = known ?? new Histogram({ name, help, buckets: [...bucketsMs], labelNames: labels, registers: [this.#registry] });
    this.#durations.set(name, histogram);
    return (ms, ...values) => histogram.observe(labelled(labels, values), ms);
  }

  #gauge(name: string, help: string, labelNames: readonly string[], collect?: () => Promise<void>): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry], ...(collect === undefined ? {} : { collect }) });
  }

  #counter(name: string, help: string, labelNames: readonly string[], collect?: () => Promise<void>): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry], ...(collect === undefined ? {} : { collect }) });
  }

  /** One broken source must not hide the others from an operator who looks for the problem. */
  async #reading<Value>(name: string, read: () => Value | Promise<Value>): Promise<Value | null> {
    try {
      return await read();
    } catch (error) {
      this.#logger.error(`${name} could not be read: ${error instanceof Error ? error.message : 'failed'}`);
      return null;
    }
  }
}

const labelled = (labels: readonly string[], values: readonly string[]): Record<string, string> =>
  Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']));
