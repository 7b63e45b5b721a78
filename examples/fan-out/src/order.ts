/** What goes through the pipeline, stage by stage. */
export interface Line {
  /** From 1, without a gap. */
  readonly position: number;
  readonly text: string;
}
export interface Order {
  readonly position: number;
  readonly item: string;
  readonly count: number;
}
export interface Rejected {
  readonly position: number;
  readonly why: string;
}
export interface Priced extends Order {
  readonly total: number;
}
export type Entry = Priced | Rejected;
