import type { WritebackField } from "../../connector/writeback.ts";

/** Whether a CRM holds what we wanted there, whatever form it keeps it in. */
export function isSame(
  field: WritebackField,
  wanted: string | number | null,
  standing: string | number | null,
): boolean {
  if (wanted === null || standing === null) return wanted === standing;
  if (field === "stage_date") return Date.parse(String(wanted)) === Date.parse(String(standing));
  // A CRM may trim the ends of a text.
  return String(wanted).trim() === String(standing).trim();
}
