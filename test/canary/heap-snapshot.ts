import type { Finding, SecretSearch } from './secret-search.js';

interface SnapshotFile {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly unknown[];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly unknown[];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

export interface HeapFinding extends Finding {
  /** Who keeps it, from the root down, a step each; more than one when several strings hold it. */
  readonly retainers: readonly string[];
}

const ROOT = 0;
const UNREACHED = -1;

/** The shortest way from the root to every node, over edges that keep their target alive. */
class RetainerTree {
  readonly #file: SnapshotFile;
  readonly #nodeSize: number;
  readonly #edgeSize: number;
  readonly #nodeTypes: readonly string[];
  readonly #edgeTypes: readonly string[];
  readonly #parents: Int32Array;
  readonly #edgesIn: Int32Array;
  readonly #firstEdges: Int32Array;

  constructor(file: SnapshotFile) {
    this.#file = file;
    const { node_fields, edge_fields, node_types, edge_types } = file.snapshot.meta;
    this.#nodeSize = node_fields.length;
    this.#edgeSize = edge_fields.length;
    this.#nodeTypes = node_types[0] as readonly string[];
    this.#edgeTypes = edge_types[0] as readonly string[];
    const count = file.nodes.length / this.#nodeSize;
    this.#parents = new Int32Array(count).fill(UNREACHED);
    this.#edgesIn = new Int32Array(count).fill(UNREACHED);
    this.#firstEdges = this.#edgesByNode(count, node_fields.indexOf('edge_count'));
    this.#walk();
  }

  /** The nodes that are this string, and those that have a property of this name, each with what keeps it. */
  pathsTo(stringIndex: number): readonly string[] {
    const paths: string[] = [];
    for (let node = 0, edge = 0; node < this.#parents.length; node += 1) {
      if (this.#file.nodes[node * this.#nodeSize + 1] === stringIndex) paths.push(this.#pathTo(node));
      for (const end = this.#firstEdges[node + 1] ?? 0; edge < end; edge += this.#edgeSize) {
        if (this.#file.edges[edge + 1] === stringIndex && !this.#isNumbered(edge)) paths.push(`${this.#pathTo(node)} / the name of a property`);
      }
    }
    return paths;
  }

  #edgesByNode(count: number, edgeCountField: number): Int32Array {
    const first = new Int32Array(count + 1);
    for (let node = 0; node < count; node += 1) {
      first[node + 1] = (first[node] ?? 0) + (this.#file.nodes[node * this.#nodeSize + edgeCountField] ?? 0) * this.#edgeSize;
    }
    return first;
  }

  #walk(): void {
    const queue = [ROOT];
    this.#parents[ROOT] = ROOT;
    for (const node of queue) {
      for (let edge = this.#firstEdges[node] ?? 0; edge < (this.#firstEdges[node + 1] ?? 0); edge += this.#edgeSize) {
        const target = (this.#file.edges[edge + 2] ?? 0) / this.#nodeSize;
        if (this.#edgeType(edge) === 'weak' || this.#parents[target] !== UNREACHED) continue;
        this.#parents[target] = node;
        this.#edgesIn[target] = edge;
        queue.push(target);
      }
    }
  }

  #edgeType(edge: number): string {
    return this.#edgeTypes[this.#file.edges[edge] ?? 0] ?? '';
  }

  #isNumbered(edge: number): boolean {
    return ['element', 'hidden'].includes(this.#edgeType(edge));
  }

  #edgeName(edge: number): string {
    const nameOrIndex = this.#file.edges[edge + 1] ?? 0;
    return this.#isNumbered(edge) ? `[${String(nameOrIndex)}]` : (this.#file.strings[nameOrIndex] ?? '').slice(0, 60);
  }

  /** Never the text of a string: it may be what must not be printed. */
  #nodeName(node: number): string {
    const type = this.#nodeTypes[this.#file.nodes[node * this.#nodeSize] ?? 0] ?? '';
    return type === 'string' ? type : `${type} ${(this.#file.strings[this.#file.nodes[node * this.#nodeSize + 1] ?? 0] ?? '').slice(0, 60)}`;
  }

  #pathTo(node: number): string {
    const steps: string[] = [];
    for (let at = node; at !== ROOT; at = this.#parents[at] ?? ROOT) {
      if (this.#parents[at] === UNREACHED) return 'kept by nothing that a snapshot shows';
      steps.unshift(`${this.#edgeName(this.#edgesIn[at] ?? 0)} → ${this.#nodeName(at)}`);
    }
    return steps.join(' / ');
  }
}

/** What stands before the table of strings; within a string its quotes would be escaped. */
const STRINGS = '"strings":[';

/** The live heap of a process, after a full collection. */
export class HeapSnapshot {
  readonly #json: Buffer;
  readonly #strings: readonly string[];
  #retainers: RetainerTree | null = null;

  /** Reads the strings alone: the rest, nine tenths of it, is of use only when one of them should not be there. */
  constructor(json: Buffer) {
    this.#json = json;
    const start = json.lastIndexOf(STRINGS) + STRINGS.length - 1;
    this.#strings = JSON.parse(json.toString('utf8', start, json.lastIndexOf(']') + 1)) as readonly string[];
  }

  /** Joined text is there by its parts and cut text by its whole, so every string that V8 has is searched. */
  find(search: SecretSearch): readonly HeapFinding[] {
    if (search.inText(this.#strings.join('\n')).length === 0) return [];
    return this.#strings.flatMap((text, index) => search.inText(text).map((finding) => ({ ...finding, retainers: this.#retainersOf(index) })));
  }

  #retainersOf(stringIndex: number): readonly string[] {
    this.#retainers ??= new RetainerTree(JSON.parse(this.#json.toString()) as SnapshotFile);
    return this.#retainers.pathsTo(stringIndex);
  }
}

export const describedHeap = (findings: readonly HeapFinding[]): readonly string[] =>
  findings.map(({ kind, spelling, retainers }) => `${kind} (${spelling}), kept by ${retainers.join(' and by ')}`);
