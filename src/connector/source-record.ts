/** One record as the vendor gives it. `at` is the vendor's last-modified stamp as an ISO instant, null where it has none. */
export interface SourceRecord {
  id: string;
  at: string | null;
  deleted: boolean;
  payload: Record<string, unknown>;
}
